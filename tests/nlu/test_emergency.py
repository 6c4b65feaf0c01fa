"""The shipped phrases find emergencies and leave look-alikes alone; guards take back what they should and no more."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from callbot.nlu.emergency import KINDS, EmergencyContent, EmergencyRules, compile_checked
from callbot.nlu.phrases import Path as Place

SHIPPED = Path(__file__).parents[2] / "intents" / "emergency.yaml"
CONTENT = EmergencyContent.model_validate(yaml.safe_load(SHIPPED.read_text(encoding="utf-8")))
RULES, PROBLEMS = compile_checked(CONTENT)

EMERGENCIES: dict[str, list[str]] = {
    "medical": [
        "my wife just collapsed in the kitchen and she isn't breathing",
        "there's a man down at the bus stop he is not moving",
        "I think my dad's having a heart attack",
        "grandma can't talk and half her face is drooping",
        "my son is having a seizure please",
        "he is choking on a piece of steak",
        "My roommate overdosed, I think it's fentanyl.",
        "she took like thirty pills about an hour ago",
        "my baby is turning blue",
        "the baby is coming right now we're not going to make it to the hospital",
        "her water broke and we have no car",
        "uh there's a lady passed out on the bus",
        "my grandfather fell in the shower and he can't get up",
        "he sliced his arm open and there's blood everywhere",
        "I cut my leg and it won't stop bleeding",
        "I can't breathe my chest hurts",
        "she got stung by a bee and her throat is closing up",
        "my mommy won't wake up",
        "daddy fell down and he's not talking",
        "my husband he no breathe please come",
        "please we need ambulance my mother very sick",
        "a kid just went under in the lake and hasn't come up he's drowning",
        "my sister is diabetic her sugar dropped and I can't wake her up",
        "there's a worker here who got electrocuted",
        "I think my neighbor is dead",
        "my two year old swallowed a battery",
        "he's slumped over the wheel and not responding",
        "a guy's on the sidewalk with a needle still in his arm and he's turning blue",
        "he fell off a ladder and he's unconscious",
        "someone's hurt really bad over here",
        "there is a pit bull attacking a little girl",
        "hes not breeding hes not breeding",
    ],
    "fire": [
        "my kitchen is on fire",
        "the house across from me is burning",
        "there's smoke coming out of the apartment upstairs",
        "um yes I smell smoke in the hallway of my building",
        "there is a fire in the dumpster behind the school",
        "a car caught fire on State Street",
        "I see flames on the roof",
        "something just exploded down the street",
        "my outlet is sparking and smoking",
        "is fire is fire come please",
        "someone set fire to the garage",
    ],
    "gas": [
        "I smell gas in my basement",
        "there's a strong gas smell on the whole block",
        "our carbon monoxide alarm is going off",
        "a construction crew hit a gas line",
        "it smells like rotten eggs in my kitchen",
        "I think there's a gas leak",
    ],
    "crash_injury": [
        "somebody got hit by a car at Chapel and College",
        "there's been a bad accident people are trapped",
        "a truck ran over a cyclist",
        "a car flipped over and the driver's stuck inside",
        "car accident with injuries on the connector",
        "a motorcyclist is down in the road",
        "a van drove into the front of the restaurant",
        "I just hit a pedestrian oh my god",
    ],
    "violence": [
        "my boyfriend is hitting me",
        "there are three guys beating up a kid behind the store",
        "he's going to kill me please",
        "I hear a woman screaming for help next door",
        "somebody just got stabbed outside the bar",
        "the gas station's being robbed right now",
        "he won't let me leave the apartment",
        "a man just grabbed a little girl and drove off",
        "there's a huge fight in the parking lot",
        "I just got mugged",
        "my ex has a restraining order and he's at the door banging",
        "someone is following me and I'm scared",
        "he's choking my mom",
        "my dad is hurting my mommy",
    ],
    "weapon": [
        "there's a man with a gun outside the school",
        "I hear gunshots",
        "shots fired on Dixwell",
        "a guy's waving a knife around at the green",
        "help me he's got a knife",
        "somebody's shooting at cars",
        "the man have gun he is in store",
        "a student brought a gun to school",
    ],
    "intruder": [
        "someone's trying to break into my house",
        "there's somebody in my basement",
        "I think there is an intruder downstairs",
        "somebody's kicking in my back door",
        "a man is climbing through my neighbor's window",
        "I'm hiding in the closet there's a man in the house",
        "there are two guys breaking into cars right now",
    ],
    "suicide": [
        "I want to kill myself",
        "I don't want to be here anymore",
        "there's a girl on the bridge and she's about to jump",
        "my friend says he's going to end his life",
        "I took all my pills I want to die",
        "she cut her wrists",
        "nobody would miss me I'd be better off dead",
    ],
    "missing_person": [
        "I can't find my little boy",
        "my daughter never came home from school",
        "my mother has dementia and she walked out of the house",
        "we haven't seen my four year old since noon",
        "there's a toddler wandering in the street alone",
        "my autistic son ran off",
    ],
    "other": [
        "this is an emergency",
        "please send somebody",
        "call 911",
        "help me please help me",
        "there's a baby locked in a hot car",
        "a power line came down on a car with people in it and it's sparking",
        "someone left a bomb at the courthouse",
        "we're trapped in the elevator and nobody can hear us",
        "send the police right now",
        "you have to send help",
    ],
}

LOOK_ALIKES = [
    "my car got broken into last night on Orange Street",
    "somebody stole my bike from the rack yesterday",
    "the hydrant on the corner is shooting water everywhere",
    "there's a fire hydrant leaking on Elm",
    "a truck's parked in the fire lane",
    "the fire alarm in the empty building next door has been going off all day",
    "what are the rules for a fire pit in the backyard",
    "the fire department asked me to call you about a permit",
    "my battery died and my car is stuck at a meter",
    "my phone is about to die so please be quick",
    "these fireworks are killing me",
    "this construction noise is killing me",
    "my back is killing me from shoveling all this snow",
    "nobody's hurt, he just tapped my bumper",
    "no one was hurt but I need a report for my insurance",
    "there was a fight at the bar across the street on Saturday night",
    "I heard what sounded like gunshots two nights ago",
    "there were gunshots or fireworks around midnight last night",
    "there's a dead dog on the side of the road",
    "a dead deer is blocking the lane",
    "there's a raccoon acting strange in my yard",
    "an injured hawk on my lawn",
    "I just ran over a squirrel",
    "someone hit my parked car and took off",
    "somebody hit my mailbox with their truck",
    "a driver knocked down the stop sign",
    "that intersection is dangerous someone's going to get killed",
    "people drive so fast a kid is going to get hit",
    "I almost got hit crossing at Whitney",
    "the pothole is so deep I blew out a tire",
    "my tire exploded when I hit that pothole",
    "the water main burst on Howe Street",
    "the street light went dead last week",
    "the traffic signal is dead at the corner",
    "that ticket nearly gave me a heart attack",
    "I'm dying to know when the road gets paved",
    "can you help me I got a ticket",
    "could you help me with something please",
    "I need some help getting rid of an old couch",
    "is this the emergency number",
    "this isn't an emergency",
    "it's not an emergency I just have a question",
    "I have a non-emergency issue to report",
    "no emergency here",
    "I called 911 by accident earlier",
    "I didn't know if I should call 911 for this",
    "someone shot a music video on our street without a permit",
    "they shot off fireworks all weekend",
    "where can my kids get a flu shot",
    "do you have a gun buyback program",
    "I'd like to apply for a pistol permit",
    "kids are running around with water guns",
    "I bombed the exam because of the noise",
    "they set off a smoke bomb in the alley yesterday",
    "I got fired and my boss kept my tools",
    "is there a fire sale at the surplus store",
    "there's paint on the suicide lane on Foxon",
    "some kids are knocking over garbage bins",
    "if there is a fire in my building who should I call",
    "what do I do if I ever smell gas",
    "I haven't heard from my uncle in four days can someone check on him",
    "can an officer do a welfare check on my aunt",
    "there's a man sleeping in the bus shelter",
    "a homeless guy keeps asking people for money",
    "my neighbor plays music so loud I can't sleep",
    "kids are screaming and playing at midnight",
    "the dog next door barks all night long",
    "a stray dog is running loose on my block",
    "two cats are fighting in my yard",
    "my cat ran away on Tuesday",
    "my dog is missing",
    "I lost my wallet at the park",
    "I found a set of keys",
    "someone used my credit card in Florida",
    "I got a scam call saying my grandson was in jail",
    "someone spray painted my garage",
    "somebody broke my windshield last night",
    "somebody broke into my garage while we were away",
    "my apartment was robbed last weekend and I need a report number",
    "he threatened me over text last week",
    "my ex keeps calling me and hanging up",
    "there's a suspicious van that's been parked here for days",
    "a car has been abandoned on my street for a month",
    "my car is gone I think it was towed",
    "there's trash all over the train tracks",
    "graffiti on the bridge railing",
    "a tree fell across my fence",
    "a limb came down and it's blocking the sidewalk",
    "there's a cable hanging low over the sidewalk",
    "the storm drain's blocked and the street is flooding",
    "our street hasn't been plowed and I'm stuck in my driveway",
    "the plow buried my car in snow",
    "my neighbor smokes weed and the smell comes into my apartment",
    "there's cigarette smoke coming in through the vents",
    "the smoke detector keeps chirping in the vacant unit",
    "the garbage smells like rotten eggs",
    "my false alarm bill is wrong",
    "my burglar alarm went off by mistake",
    "an officer was rude to me",
    "I'd like a copy of my accident report",
    "how do I fight a parking ticket",
    "what time does the records office close",
    "the tow company is robbing people",
    "I tripped on the sidewalk last month and hurt my knee",
    "when is the blood drive at city hall",
    "when is trash pickup for the Labor Day week",
    "I got a flat and my spare is shot",
    "he is not moving his car",
    "my landlord is not responding to my calls",
    "people sell drugs on my corner every night",
    "",
    "hello",
    "yes",
]


SAID = [(kind, sentence) for kind, sentences in EMERGENCIES.items() for sentence in sentences]


def rules(**content: Any) -> EmergencyRules:
    return compile_checked(EmergencyContent.model_validate(content))[0]


def faults(**content: Any) -> list[Place]:
    """Where something is wrong with a content, failing examples aside."""
    _, found = compile_checked(EmergencyContent.model_validate(content))
    return [path for path, _ in found if "examples" not in path]


def fire(phrase: str, *examples: str) -> dict[str, Any]:
    return {"fire": [{"phrase": phrase, "examples": examples or ("x",)}]}


def found(phrase: str, text: str, **content: Any) -> str | None:
    hit = rules(kinds=fire(phrase), **content).find(text)
    return hit.evidence if hit else None


# --- The shipped content --------------------------------------------------------------------------


def test_shipped_content_has_no_problem() -> None:
    assert PROBLEMS == []


def test_shipped_content_is_rich_in_every_kind() -> None:
    assert set(CONTENT.kinds) == set(KINDS)
    assert sum(len(phrases) for phrases in CONTENT.kinds.values()) >= 150
    assert all(len(phrases) >= 8 for phrases in CONTENT.kinds.values())


@pytest.mark.parametrize("sentence", [sentence for _, sentence in SAID])
def test_emergency_is_found(sentence: str) -> None:
    hit = RULES.find(sentence)
    assert hit is not None
    assert hit.kind in KINDS
    assert hit.score == 1.0
    assert hit.evidence


def test_kind_is_as_said_nearly_always() -> None:
    hits = [(kind, RULES.find(sentence)) for kind, sentence in SAID]
    right = sum(hit is not None and hit.kind == kind for kind, hit in hits)
    assert right / len(hits) >= 0.9


@pytest.mark.parametrize("sentence", LOOK_ALIKES)
def test_look_alike_is_left_alone(sentence: str) -> None:
    assert RULES.find(sentence) is None


@pytest.mark.parametrize("sentence", LOOK_ALIKES)
def test_look_alike_is_left_alone_at_every_word(sentence: str) -> None:
    words = sentence.split()
    for end in range(len(words)):
        assert RULES.find(" ".join(words[:end]), partial=True) is None


# --- Guards are narrow ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "kinds"),
    [
        ("nobody was hurt but now there's smoke coming out of the engine", {"fire"}),
        (
            "I was calling about a parking problem, there's a van that's blocking oh my god someone just"
            " got hit by a car he's not moving",
            {"crash_injury", "medical"},
        ),
        ("the fire hydrant is leaking and my house is on fire", {"fire"}),
        ("my car was broken into last night and now he's back and he's got a gun", {"weapon"}),
        ("I'm calling about the noise yesterday. Someone is breaking into my house.", {"intruder"}),
        ("there's a dead raccoon and my son is not breathing", {"medical"}),
        ("it's not an emergency well my dad is having chest pains", {"medical"}),
        ("my dog ran away and my daughter is drowning", {"medical"}),
        ("he took a bunch of pills an hour ago", {"medical"}),
        ("he took a bunch of pills yesterday and he won't wake up", {"medical"}),
        ("there was a fight last night and right now they are fighting again", {"violence"}),
        ("if you don't send someone I'm going to kill myself", {"suicide"}),
        ("I don't have a gun but he has a knife", {"weapon"}),
        ("kids have water guns and one of them has a real gun", {"weapon"}),
        ("the noise is killing me and I want to kill myself", {"suicide"}),
        ("what do I do my baby is choking", {"medical"}),
        ("someone hit my parked car and now he's beating my husband", {"violence"}),
        ("a tree fell on my fence and on a man he's trapped", {"other", "medical"}),
        ("there's no fire but I smell gas", {"gas"}),
        ("I was robbed last week and someone is in my house right now", {"intruder", "violence"}),
    ],
)
def test_guard_leaves_another_hit_standing(sentence: str, kinds: set[str]) -> None:
    hit = RULES.find(sentence)
    assert hit is not None
    assert hit.kind in kinds


@pytest.mark.parametrize(
    "after", ["my name is Maria", "his name is Tom", "the address is 12 Elm", "it's my father", "over here"]
)
def test_what_is_said_next_is_not_what_a_man_does_not_move(after: str) -> None:
    assert RULES.find(f"there's a man lying by the bus stop he is not moving {after}") is not None


def test_guard_takes_back_only_hits_that_it_overlaps() -> None:
    guard = {"phrase": "fire hydrant", "examples": ["x"]}
    assert found("fire", "the fire hydrant", unless=[guard]) is None
    assert found("fire", "the fire hydrant and a fire", unless=[guard]) == "fire"


def test_sentence_guard_ends_with_the_sentence() -> None:
    guard = {"phrase": "last night", "examples": ["x"], "scope": "sentence"}
    assert found("gunshots", "last night there were gunshots", unless=[guard]) is None
    assert found("gunshots", "gunshots last night", unless=[guard]) is None
    assert found("gunshots", "I called last night. Gunshots!", unless=[guard]) == "gunshots"


def test_sentence_guard_ends_where_a_new_thought_starts() -> None:
    guard = {"phrase": "last night", "examples": ["x"], "scope": "sentence"}
    text = "I called last night oh my god gunshots"
    assert found("gunshots", text, unless=[guard]) is None
    assert found("gunshots", text, unless=[guard], sentence_starters=["oh my god"]) == "gunshots"


def test_sentence_guard_does_not_reach_far() -> None:
    guard = {"phrase": "last night", "examples": ["x"], "scope": "sentence"}
    assert found("gunshots", "last night " + "la di " * 20 + "gunshots", unless=[guard]) == "gunshots"


def test_rest_guard_works_forward_only() -> None:
    guard = {"phrase": "what if", "examples": ["x"], "scope": "rest"}
    assert found("gas", "what if I smell gas", unless=[guard]) is None
    assert found("gas", "I smell gas what if it blows", unless=[guard]) == "gas"


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ("nobody is hurt", False),
        ("nobody is really badly hurt", False),
        ("nobody is here and my son is hurt", True),
        ("hurt but nobody is", True),
        ("nobody is. hurt", True),
    ],
)
def test_next_guard_takes_back_what_follows_at_once(text: str, hit: bool) -> None:
    guard = {"phrase": "nobody is", "examples": ["x"], "scope": "next"}
    assert (found("hurt", text, unless=[guard]) is not None) is hit


def test_turn_guard_works_over_the_ends_of_sentences() -> None:
    guard = {"phrase": "just a drill", "examples": ["x"], "scope": "turn"}
    assert found("gunshots", "It was just a drill. I heard gunshots.", unless=[guard]) is None
    assert found("gunshots", "just a drill " + "la di " * 20 + "gunshots", unless=[guard]) == "gunshots"


def test_back_guard_works_on_what_was_said_before_it() -> None:
    guard = {"phrase": "we found her", "examples": ["x"], "scope": "back"}
    assert found("wandered off", "she wandered off. We found her.", unless=[guard]) is None
    assert found("wandered off", "we found her and she wandered off", unless=[guard]) == "wandered off"
    assert found("wandered off", "wandered off " + "la di " * 20 + "we found her", unless=[guard]) == "wandered off"


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("there's a hissing by the meter", "hissing by the meter"),
        ("the meter. It is hissing", "meter it is hissing"),
        ("hissing " + "la di " * 5 + "meter", None),
        ("hissing " + "la di " * 4 + "meter", "hissing la di la di la di la di meter"),
        ("hissing by the door", None),
    ],
)
def test_weak_signs_count_near_each_other(text: str, evidence: str | None) -> None:
    hit = rules(kinds={"gas": [{"phrase": "hissing", "near": "(gas|meter)", "examples": ["x"]}]}).find(text)
    assert (hit and hit.evidence) == evidence


def test_a_sign_is_not_near_itself() -> None:
    phrase = {"phrase": "gas meter", "near": "(gas|hissing)", "examples": ["x"]}
    assert rules(kinds={"gas": [phrase]}).find("the gas meter") is None
    assert rules(kinds={"gas": [phrase]}).find("the gas meter is hissing") is not None


def test_phrase_does_not_count_beside_what_it_must_lack() -> None:
    phrase = {"phrase": "hissing", "lacks": "(cat|goose)", "examples": ["x"]}
    assert rules(kinds={"gas": [phrase]}).find("a cat is hissing") is None
    assert rules(kinds={"gas": [phrase]}).find("I have a cat. Something is hissing.") is not None


def test_guard_may_touch_either_of_two_signs() -> None:
    phrase = {"phrase": "hissing", "near": "meter", "examples": ["x"]}
    guard = {"phrase": "parking meter", "examples": ["x"]}
    assert rules(kinds={"gas": [phrase]}, unless=[guard]).find("hissing by the parking meter") is None


def test_partial_waits_for_what_a_phrase_must_lack() -> None:
    phrase = {"phrase": "hissing", "lacks": "cat", "examples": ["x"]}
    text = "something is hissing in the yard"
    assert rules(kinds={"gas": [phrase]}).find(text, partial=True) is None
    assert rules(kinds={"gas": [phrase]}).find(f"{text}. It", partial=True) is not None


@pytest.mark.parametrize(
    ("condition", "text", "hit"),
    [
        ({"kinds": ["gas"]}, "a fight last night", True),
        ({"kinds": ["gas", "fire"]}, "a fight last night", False),
        ({"hit_has": "big"}, "a fight last night", True),
        ({"hit_has": "fight"}, "a fight last night", False),
        ({"hit_lacks": "fight"}, "a fight last night", True),
        ({"hit_lacks": "big"}, "a fight last night", False),
        ({"sentence_lacks": "right now"}, "right now a fight like last night", True),
        ({"sentence_lacks": "right now"}, "right now. a fight last night", False),
    ],
)
def test_guard_conditions(condition: dict[str, Any], text: str, hit: bool) -> None:
    guard = {"phrase": "last night", "examples": ["x"], "scope": "sentence", **condition}
    assert (found("a fight", text, unless=[guard]) is not None) is hit


# --- Partial transcripts --------------------------------------------------------------------------


def test_partial_waits_while_the_next_word_may_change_the_meaning() -> None:
    assert RULES.find("there's a fire", partial=True) is None
    assert RULES.find("there's a fire hydrant", partial=True) is None
    assert RULES.find("there's a fire in", partial=True) is None
    assert RULES.find("there's a fire in my", partial=True) is not None
    assert RULES.find("there's a fire") is not None


def test_partial_waits_for_the_time_of_what_may_be_over() -> None:
    assert RULES.find("I heard gunshots around", partial=True) is None
    assert RULES.find("I heard gunshots around my house") is not None


@pytest.mark.parametrize("scope", ["sentence", "back", "turn"])
def test_partial_does_not_wait_for_a_guard_that_is_seldom_said_later(scope: str) -> None:
    guard = {"phrase": "in a movie", "examples": ["x"], "scope": scope}
    text = "gunshots and I hear"
    assert rules(kinds=fire("gunshots"), unless=[guard]).find(text, partial=True) is None
    assert rules(kinds=fire("gunshots"), unless=[{**guard, "waits": False}]).find(text, partial=True) is not None


@pytest.mark.parametrize(
    "text",
    [
        "he's not breathing and I",
        "he's got a gun oh my",
        "someone is breaking into my house. I",
    ],
)
def test_partial_does_not_wait_for_what_is_plain(text: str) -> None:
    assert RULES.find(text, partial=True) is not None


@pytest.mark.parametrize("sentence", [sentence for _, sentence in SAID])
def test_partial_never_finds_more_than_the_final_check(sentence: str) -> None:
    if RULES.find(sentence, partial=True):
        assert RULES.find(sentence)


# --- Properties -----------------------------------------------------------------------------------


SPOKEN = st.sampled_from([sentence for _, sentence in SAID])
MUNDANE = st.lists(
    st.sampled_from(
        [
            "Hello there.",
            "I was calling about a parking problem.",
            "My street was not plowed last week.",
            "There is a fire hydrant on my corner.",
            "Nobody was hurt yesterday.",
            "I live on Orange Street.",
            "Is this the right number?",
            "The dog barks every night.",
            "My name is Maria.",
        ]
    ),
    max_size=4,
).map(" ".join)
LONG = st.lists(st.sampled_from(" ".join(sentence for _, sentence in SAID).split()), max_size=80)


@given(st.text(max_size=300), st.booleans())
def test_no_text_raises(text: str, partial: bool) -> None:
    RULES.find(text, partial=partial)


@given(LONG.map(" ".join))
def test_any_mix_of_heard_words_gives_a_hit_or_none(text: str) -> None:
    hit = RULES.find(text)
    assert hit is None or hit.kind in KINDS


@given(LONG.map(" ".join))
def test_looking_phrases_up_by_their_words_misses_none(text: str) -> None:
    heard = RULES.hear(text)
    assert list(RULES.hits(heard)) == [hit for phrase in RULES.phrases for hit in phrase.hits(heard)]


@given(MUNDANE, SPOKEN.filter(lambda sentence: len(sentence.split()) > 4), MUNDANE)
def test_mundane_sentences_do_not_hide_an_emergency(before: str, sentence: str, after: str) -> None:
    assert RULES.find(f"{before} {sentence}. {after}") is not None


@given(
    st.sampled_from(["", "I need to report", "yeah hi", "I'm calling because", "can you send someone"]),
    SPOKEN.filter(lambda sentence: len(sentence.split()) > 4),
    st.sampled_from(["", "at 12 Elm Street please", "I don't know what to do", "my name is Maria"]),
)
def test_words_run_together_do_not_hide_an_emergency(before: str, sentence: str, after: str) -> None:
    assert RULES.find(f"{before} {sentence} {after}") is not None


@given(SPOKEN, st.sampled_from([str.upper, str.lower, str.title, str.swapcase]))
def test_case_does_not_matter(sentence: str, change: Any) -> None:
    assert RULES.find(change(sentence)) == RULES.find(sentence)


@given(SPOKEN, st.sampled_from([",", " -", " ...", "!", "?", ";", " uh", " um,"]), st.data())
def test_punctuation_does_not_hide_an_emergency(sentence: str, mark: str, data: st.DataObject) -> None:
    words = sentence.split()
    at = data.draw(st.integers(1, len(words)))
    marked = words[at - 1] + (mark if mark.startswith((",", " ")) or at == len(words) else ",")
    assert RULES.find(" ".join([*words[: at - 1], marked, *words[at:]])) is not None


@given(SPOKEN)
def test_typographic_apostrophes_are_the_same(sentence: str) -> None:
    assert RULES.find(sentence.replace("'", "\u2019")) == RULES.find(sentence)


@given(SPOKEN.filter(lambda sentence: "its" not in sentence and "we're" not in sentence))
def test_lost_apostrophes_do_not_hide_an_emergency(sentence: str) -> None:
    kept = sentence
    for full in ("he's", "she's", "isn't", "can't", "don't", "won't", "I'm", "there's", "someone's"):
        kept = kept.replace(full, full.replace("'", ""))
    assert RULES.find(kept) is not None


# --- Rules and their faults -----------------------------------------------------------------------


def test_alone_means_nothing_else_is_said() -> None:
    content = {"kinds": {"fire": [{"phrase": "fire", "examples": ["x"], "alone": True}]}}
    assert rules(**content).find("Fire! Fire!") is not None
    assert rules(**content).find("the fire is out") is None


def test_gravest_kind_is_the_one_listed_first() -> None:
    phrase = [{"phrase": "help", "examples": ["x"]}]
    first = rules(kinds={"gas": phrase, "fire": phrase}).find("help")
    assert first is not None
    assert first.kind == "gas"


def test_first_said_wins_within_a_kind() -> None:
    phrases = [{"phrase": word, "examples": ["x"]} for word in ("smoke", "flames")]
    hit = rules(kinds={"fire": phrases}).find("flames and smoke")
    assert hit is not None
    assert hit.evidence == "flames"


@pytest.mark.parametrize("field", ["phrase", "near", "lacks"])
def test_bad_phrase_is_refused_with_its_path(field: str) -> None:
    entry = {"phrase": "x", "examples": ["x"], field: "(x"}
    assert faults(kinds={"fire": [entry]}) == [("kinds", "fire", 0, field)]


@pytest.mark.parametrize("field", ["phrase", "hit_has", "hit_lacks", "sentence_lacks"])
def test_bad_guard_is_refused_with_its_path(field: str) -> None:
    guard = {"phrase": "x", "examples": ["x"], field: "(x"}
    assert faults(kinds=fire("fire"), unless=[guard]) == [("unless", 0, field)]


def test_bad_sentence_starter_is_refused_with_its_path() -> None:
    assert faults(kinds=fire("fire"), sentence_starters=["but", "(x"]) == [("sentence_starters", 1)]


def test_a_bad_phrase_leaves_the_others_standing() -> None:
    phrases = [{"phrase": phrase, "examples": ["x"]} for phrase in ("(smoke", "flames")]
    assert faults(kinds={"fire": phrases}) == [("kinds", "fire", 0, "phrase")]
    assert rules(kinds={"fire": phrases}).find("I see flames") is not None


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"kinds": {"flood": []}},
        {"kinds": {"fire": [{"phrase": "fire", "examples": []}]}},
        {"kinds": {"fire": [{"phrase": "", "examples": ["x"]}]}},
        {"kinds": {"fire": [{"phrase": "fire", "examples": ["x"], "exemples": ["x"]}]}},
        {"kinds": {"fire": [{"phrase": True, "examples": ["x"]}]}},
        {"kinds": {}, "unless": [{"phrase": "x", "examples": ["x"], "scope": "call"}]},
        {"kinds": {}, "unless": [{"phrase": "x", "examples": ["x"], "kinds": ["flood"]}]},
        {"kinds": {}, "guards": []},
    ],
)
def test_content_of_another_shape_is_refused(content: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        EmergencyContent.model_validate(content)


def test_content_and_hits_cannot_be_changed() -> None:
    hit = RULES.find("my house is on fire")
    assert hit is not None
    with pytest.raises(AttributeError):
        hit.kind = "gas"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        CONTENT.kinds = {}  # type: ignore[misc]


def test_problems_names_every_fault_at_once() -> None:
    content = EmergencyContent.model_validate(
        {
            "lists": {"idle": ["x"], "who": ["he"]},
            "kinds": {
                "fire": [
                    {"phrase": "(fire", "examples": ["fire"]},
                    {"phrase": "<nowhere> burns", "examples": ["it burns"]},
                    {"phrase": "<who> burns", "examples": ["he burns", "she burns"]},
                    {"phrase": "flames", "examples": ["flames painted on a car"]},
                ]
            },
            "unless": [
                {"phrase": "flames painted", "examples": ["flames painted", "no such words"]},
                {"phrase": "red car", "examples": ["red car"]},
                {"phrase": "big flames", "examples": ["big flames and flames"]},
            ],
            "emergencies": ["he burns", "all is well"],
            "not_emergencies": ["he burns his toast", "all is well"],
        }
    )
    _, found = compile_checked(content)
    assert [path for path, _ in found] == [
        ("kinds", "fire", 0, "phrase"),
        ("kinds", "fire", 1, "phrase"),
        ("lists", "idle"),
        ("kinds", "fire", 2, "examples", 1),
        ("kinds", "fire", 3, "examples", 0),
        ("unless", 0, "examples", 1),
        ("unless", 1, "examples", 0),
        ("unless", 2, "examples", 0),
        ("emergencies", 1),
        ("not_emergencies", 0),
    ]
    assert all(sentence for _, sentence in found)
