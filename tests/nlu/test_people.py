"""Names of people."""

import pytest

from callbot.nlu.people import UNRESOLVED, parse_name


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("My name is Daniel Ortiz.", "Daniel", "Ortiz"),
        ("this is patricia green", "Patricia", "Green"),
        ("I'm his niece, Patricia Green.", "Patricia", "Green"),
        ("yes, it's Daniel", "Daniel", None),
        ("O R T I Z", "Ortiz", None),
        ("Ortiz with a z", "Ortiz", None),
        ("Daniel Ortis, O R T I Z", "Daniel", "Ortiz"),
        ("Reuben Katz, with a K", "Reuben", "Katz"),
        ("Mrs. Green", None, "Green"),
        ("Mrs. Philomena Coppola", "Philomena", "Coppola"),
        ("Maria de la Cruz", "Maria", "de la Cruz"),
        ("Frank DeLucia", "Frank", "DeLucia"),
        ("SEAN O'MALLEY", "Sean", "O'Malley"),
        ("Martin King Junior", "Martin", "King"),
        ("Hyun Woo Park", "Hyun Woo", "Park"),
    ],
)
def test_names(said: str, first: str | None, last: str | None) -> None:
    value, score = parse_name(said)
    assert (value["text"], value["first"], value["last"]) == (said, first, last)
    assert score >= 0.6


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("Grace Kim, G-R-A-C-E, K-I-M", "Grace", "Kim"),
        ("Grace Kim, G R A C E K I M", "Grace", "Kim"),
        ("Grace Kim, that's G R A C E, K I M", "Grace", "Kim"),
        ("Kim, K I M", "Kim", None),
        ("that's R-U-I-Z", "Ruiz", None),
        ("K as in kilo, I, M", "Kim", None),
        ("Ruiz with a z", "Ruiz", None),
        ("first name Dana, last name Ortiz, O R T I Z", "Dana", "Ortiz"),
        ("First name is Dana, last name is Ortiz", "Dana", "Ortiz"),
        ("last name Ortiz, first name Dana", "Dana", "Ortiz"),
        ("last name Ruiz", None, "Ruiz"),
        ("My last name is Ruiz, R-U-I-Z.", None, "Ruiz"),
        ("first name Dana", "Dana", None),
        ("Just Dana", "Dana", None),
        ("it's just Dana", "Dana", None),
        ("Just Dana is fine.", "Dana", None),
        ("just put Dana", "Dana", None),
        ("I think it was Ramos", "Ramos", None),
        ("Officer Ramos", None, "Ramos"),
        ("I think it was Officer Ramos", None, "Ramos"),
        ("I believe her name is Denise Carter", "Denise", "Carter"),
        ("her name is Denise Carter", "Denise", "Carter"),
        ("call me Lou", "Lou", None),
        ("you can just call me Lou", "Lou", None),
        ("everyone calls me Lou", "Lou", None),
        ("this is Lou again", "Lou", None),
        ("Hi, this is Lou Ferraro again.", "Lou", "Ferraro"),
        ("it's Lou Ferraro, F E double R A R O", "Lou", "Ferraro"),
        ("Lou Ferraro, F as in Frank, E, R, R, A, R, O", "Lou", "Ferraro"),
        ("Lou Ferrero, that's spelled F-E-R-R-A-R-O", "Lou", "Ferraro"),
        ("Sarah Nguyen. Sarah with an H, N G U Y E N", "Sarah", "Nguyen"),
        ("Shawn Pierce, S-H-A-W-N", "Shawn", "Pierce"),
        ("Shawn, S-E-A-N, Pierce", "Sean", "Pierce"),
        ("Pierce, P I E R C E, Shawn", "Pierce", "Shawn"),
        ("Maria Delgado spelled D E L G A D O", "Maria", "Delgado"),
        ("My name is Anna Schmidt, S C H M I D T, Anna with two Ns", "Anna", "Schmidt"),
        ("D-A-N-A O-R-T-I-Z", "Dana", "Ortiz"),
        ("D A N A, O R T I Z", "Dana", "Ortiz"),
        ("Dana, D-A-N-A. Ortiz, O-R-T-I-Z.", "Dana", "Ortiz"),
        ("Tomas Vega, V as in Victor, E, G, A", "Tomas", "Vega"),
        ("Tomas Vega, V like Victor E G A", "Tomas", "Vega"),
        ("Mr. Ruiz, R U I Z", None, "Ruiz"),
        ("Ms. Lee, L-E-E", None, "Lee"),
        ("a guy named Derek Stone", "Derek", "Stone"),
        ("I think his name was Derek", "Derek", None),
        ("his name's Derek, I think", "Derek", None),
        ("Oh, it's Priya Shah", "Priya", "Shah"),
        ("the name's Walter Green", "Walter", "Green"),
        ("you can put Walter Green", "Walter", "Green"),
        ("Officer Ramos, R A M O S", None, "Ramos"),
        ("it was Sergeant Bell", None, "Bell"),
        ("maybe Tony Russo", "Tony", "Russo"),
        ("Only Dana", "Dana", None),
        ("Dana, just Dana", "Dana", None),
        ("Justin Case", "Justin", "Case"),
        ("Jean O'Neil, O apostrophe N E I L", "Jean", "O'Neil"),
        ("Mike Romeo", "Mike", "Romeo"),
        ("Victor Golf", "Victor", "Golf"),
        ("Ed Bee", "Ed", "Bee"),
        ("Kathy with a K, last name Nowak, N O W A K", "Kathy", "Nowak"),
        ("Katz, K A T Z, first name Reuben", "Reuben", "Katz"),
        ("My name's Li Wei, L-I W-E-I", "Li", "Wei"),
        ("Ruth, I don't know her last name", "Ruth", None),
        ("Sergeant Ramos, badge 412", None, "Ramos"),
        ("I spoke with Officer Ramos", None, "Ramos"),
        ("Maria Delgado, that's D-E-L-G-A-D-O, like the cape", "Maria", "Delgado"),
        ("Ortiz is my last name", None, "Ortiz"),
        ("Ruiz, not Reese, R-U-I-Z", "Ruiz", None),
        ("my son's name is Tyler", "Tyler", None),
        ("his name is Tyler and he's nine", "Tyler", None),
        ("Ian McDonald, M C capital D O N A L D", "Ian", "McDonald"),
        ("Mary Smith-Jones", "Mary", "Smith-Jones"),
        ("it's Lou again, Lou Ferraro", "Lou", "Ferraro"),
        ("Hi it's me again, Lou", "Lou", None),
        ("Dana Ortiz, you need me to spell it? O-R-T-I-Z", "Dana", "Ortiz"),
        ("West, double u E S T", "West", None),
        ("A. J. Foster", "A J", "Foster"),
        ("my neighbor Frank", "Frank", None),
        ("Frank Russo, my neighbor", "Frank", "Russo"),
        ("actually it's Frank Russo", "Frank", "Russo"),
        ("no, Ruiz, R U I Z", "Ruiz", None),
        ("It starts with a K, Kowalski", "Kowalski", None),
        ("Kim. Grace Kim.", "Grace", "Kim"),
        ("G R A C E space K I M", "Grace", "Kim"),
        ("I think the badge said Doyle", None, "Doyle"),
        ("A. Romero", "A", "Romero"),
    ],
)
def test_spelled_and_introduced_names(said: str, first: str | None, last: str | None) -> None:
    value, score = parse_name(said)
    assert (value["first"], value["last"]) == (first, last)
    assert score >= 0.6


@pytest.mark.parametrize(
    "said",
    [
        *("", "I'd rather not give my name", "no", "why do you want to know that from me", "no name please"),
        *("just a second", "just put anonymous", "not telling you", "I don't know her last name", "a tall officer"),
        "the officer never gave his name",
    ],
)
def test_no_name(said: str) -> None:
    assert parse_name(said) == ({"text": said, "first": None, "last": None}, UNRESOLVED)
