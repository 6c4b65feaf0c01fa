"""The shipped site, and what staff are told about the mistakes they make in theirs."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from callbot.config import STARTER_SITE
from callbot.content import Site, load_held_out, load_site
from callbot.errors import ContentError

EMERGENCY = """\
lists:
  hurt: [hurt, bleeding]
kinds:
  medical:
    - phrase: someone is <hurt>
      examples: [someone is bleeding]
unless:
  - phrase: is hurt (badly|by) a toy
    examples: [someone is hurt by a toy]
sentence_starters: []
not_emergencies: [there is a pothole]
"""
"""Small, so that a site loads fast."""


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped site with fewer utterances and emergencies."""
    root = tmp_path_factory.mktemp("site")
    for folder in ("intents", "dialogs", "telephony"):
        shutil.copytree(STARTER_SITE / folder, root / folder, ignore=shutil.ignore_patterns("adapter", "README.md"))
    (root / "intents/emergency.yaml").write_text(EMERGENCY)
    for path in (root / "intents/en").glob("*.yaml"):
        path.write_text("\n  - ".join(path.read_text().split("\n  - ")[:8]) + "\n")
    for path in (root / "intents/lists").glob("*.yaml"):
        path.write_text("".join(path.read_text().splitlines(keepends=True)[:12]))
    for path in (root / "intents/knowledge").glob("*.md"):
        if path.stem not in ("trash_days", "hazardous_waste", "batteries_electronics"):
            path.unlink()
    load_site(root)
    return root


@pytest.fixture
def copy(pristine: Path, tmp_path: Path) -> Path:
    """A site to make mistakes in."""
    return Path(shutil.copytree(pristine, tmp_path / "site"))


def edit(root: Path, file: str, old: str, new: str) -> None:
    """Replace what stands once in a file."""
    text = (root / file).read_text()
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    (root / file).write_text(text.replace(old, new))


def mistakes_of(root: Path) -> list[str]:
    """What `callbot check` would print, with paths from the site's folder."""
    with pytest.raises(ContentError) as caught:
        load_site(root)
    return [mistake.removeprefix(f"{root}/") for mistake in caught.value.mistakes]


# ---------------------------------------------------------------- the shipped site


def test_the_shipped_site_has_no_mistakes(site: Site) -> None:
    assert len(site.playbook.catalogue.intents) == 37
    assert site.playbook.forms.keys() == site.playbook.catalogue.intents.keys()
    assert len(site.streets) > 600
    assert {"twilio"} <= site.dialects.keys()
    assert {"twilio.xml"} <= site.answers.keys()
    assert site.adapter.parent == site.adapters == STARTER_SITE / "intents" / "adapter"


def test_a_number_is_answered_by_its_line_and_any_other_by_the_default(site: Site) -> None:
    assert site.line_of("+12035550100") == "main"
    assert site.line_of("+19995550000") == site.lines.default


def test_the_held_out_utterances_can_be_read_and_need_not_be_there(pristine: Path) -> None:
    assert {file.intent for file in load_held_out(STARTER_SITE)} >= {"pothole", "theft_report", "emergency"}
    assert load_held_out(pristine) == ()


# ---------------------------------------------------------------- one mistake


@dataclass(frozen=True)
class Slip:
    """A mistake in one file."""

    file: str
    old: str
    new: str
    says: str
    """What the message must say."""
    at: str | None = None
    """Text on the line that is named; None = the first line of `new` that differs from `old`."""
    others: int = 0
    """Further messages that this mistake rightly causes."""


FLOW, POLICY, PROMPTS = "dialogs/flow.yaml", "dialogs/policy.yaml", "dialogs/en/prompts.yaml"
CATALOGUE, LINES, CARRIER = "intents/catalogue.yaml", "telephony/lines.yaml", "telephony/carriers/twilio.yaml"
POTHOLE, THEFT, SPOKEN = "dialogs/forms/pothole.yaml", "dialogs/forms/theft_report.yaml", "intents/en/pothole.yaml"
SUMMARY, REASONS, DANGER = "dialogs/en/summary.md", "dialogs/en/reasons.yaml", "intents/emergency.yaml"
STREETS, PLACES, COLORS = "intents/gazetteer/streets.csv", "intents/gazetteer/places.yaml", "intents/lists/colors.yaml"
TRASH, WASTE, UNANSWERED = (
    f"intents/knowledge/{file}" for file in ("trash_days.md", "hazardous_waste.md", "unanswered.yaml")
)
CITY_HALL = "{name: City Hall, street: Church Street, "

SLIPS = {
    # catalogue
    "unknown key": Slip(CATALOGUE, "    title: a theft", "    titel: x\n    title: a theft", "unknown key 'titel'"),
    "key left out": Slip(CATALOGUE, "    title: a theft\n", "", "'title' is missing", at="theft_report:"),
    "duplicate key": Slip(CATALOGUE, "    title: a theft", "    title: a theft\n    title: x", "twice", "    title: x"),
    "bad time zone": Slip(CATALOGUE, "America/New_York", "America/New_Yorck", "not a time zone"),
    "area code without quotes": Slip(CATALOGUE, '"203"', "203", "quotation marks"),
    "unknown kind of slot": Slip(CATALOGUE, "{kind: flag, label: Blocking,", "{kind: flagg, label: B,", "'flag'"),
    "unknown required slot": Slip(
        CATALOGUE, "[location, vehicle]", "[location, vehicel]", "no slot 'vehicel'", others=1
    ),
    "unknown optional slot": Slip(CATALOGUE, "[amount, occurred_at]", "[amuont, occurred_at]", "no slot 'amuont'"),
    "reserved intent": Slip(CATALOGUE, "  theft_report:", "  affirm:", "reserved name", others=4),
    # flow
    "misspelled state": Slip(FLOW, "complete: {to: confirm}", "complete: {to: confrim}", "no state 'confrim'"),
    "misspelled start": Slip(FLOW, "start: open", "start: opne", "no state 'opne'"),
    "unreachable state": Slip(FLOW, "  more:\n", "  spare: {ends: human}\n  more:\n", "'spare' can never be reached"),
    "state that is stuck": Slip(
        FLOW, "deny: {to: open, say: [sorry]}", "deny: {to: limbo}\n  limbo: {}", "stuck", at="  limbo: {}", others=1
    ),
    "state without a needed row": Slip(
        FLOW, "      affirm: {to: filing}\n      deny", "      deny", "row 'affirm'", at="  confirm:", others=1
    ),
    "filing without a way on": Slip(FLOW, "      saved: {to: more}\n", "", "row `saved`", at="  filing:"),
    "nowhere to go with silence": Slip(
        FLOW, "  silence: {to: same, say: [still_there]}\n", "", "'silence' leads nowhere", at="anywhere:", others=1
    ),
    "a person who is no person": Slip(FLOW, "ask_person: {to: handover", "ask_person: {to: goodbye", "`ends: human`"),
    "an emergency that does not end": Slip(FLOW, "{ends: emergency}", "{asks: more}", "this state must end", others=4),
    "looking up without a way on": Slip(
        FLOW,
        "      status_unknown: {to: collect, say: [status_unknown]}\n",
        "",
        "row 'status_unknown'",
        at="  looking:",
        others=1,
    ),
    "a repeat of nothing": Slip(POLICY, "  pothole: 30", "  pot_hole: 30", "there is no intent 'pot_hole'"),
    "a promise without end": Slip(POLICY, "caller_left: 1}", "caller_left: 0}", "greater than 0"),
    "a mood that cannot be read": Slip("dialogs/en/moods.yaml", "- worried sick", "- (worried sick", "not closed"),
    "unknown trigger": Slip(
        FLOW, "      saved: {to: more}", "      saved: {to: more}\n      smiles: {to: more}", "Input should be"
    ),
    "unknown prompt in the flow": Slip(
        FLOW, "say: [repeat_intro]", "say: [repeat_into]", "no prompt 'repeat_into'", others=1
    ),
    "row without a target": Slip(
        FLOW, "affirm: {to: collect}", "affirm: {too: collect}", "unknown key 'too'", others=1
    ),
    # policy
    "threshold out of range": Slip(POLICY, "  act: 0.50", "  act: 50", "less than or equal to 1"),
    "thresholds in the wrong order": Slip(POLICY, "unsure_intent: 0.35", "unsure_intent: 0.65", "above `intent`"),
    "closing in the wrong order": Slip(POLICY, "close_unconfirmed: 0.70", "close_unconfirmed: 0.5", "station `decide`"),
    "pauses in the wrong order": Slip(POLICY, "end_of_turn: 0.35", "end_of_turn: 2.0", "`end_of_unfinished`"),
    "levels in the wrong order": Slip(POLICY, "quiet: 0.45", "quiet: 0.65", "above `speech`"),
    "station left out": Slip(
        POLICY,
        "  decide:     {confidence: 0.55, budget: 0.5, fallback: human}\n",
        "",
        "'decide' is missing",
        at="stations:",
    ),
    "fallback misspelled": Slip(POLICY, "fallback: rules", "fallback: ruels", "'rules'"),
    "raising for no intent": Slip(
        POLICY, "[traffic_signal_problem]", "[traffic_signals]", "no intent 'traffic_signals'"
    ),
    "raising without a fact": Slip(
        POLICY, "    outside: true\n", "", "nothing would ever", at="- reason: outside_limits"
    ),
    "raising by no flag": Slip(POLICY, "flag: injuries", "flag: vehicle", "no yes-or-no slot 'vehicle'"),
    "raising to a lower disposition": Slip(
        POLICY, "  - reason: weapon\n", "  - reason: weapon\n    to: close\n", "'queue' or 'human'", at="    to: close"
    ),
    "raising phrase that is open": Slip(POLICY, "      - bleeding sap\n", "      - (bleeding sap\n", "not closed"),
    "raising without words": Slip(REASONS, "  weapon: the", "  wepon: the", "never occurs", others=1),
    "raising twice": Slip(
        POLICY,
        "  - reason: wire_down\n",
        "  - reason: weapon   # too\n",
        "has a row already",
        at="# too",
        others=1,
    ),
    "raising with no prompt": Slip(POLICY, "say: handover_outside", "say: handover_outsid", "no prompt", others=1),
    "unsure cases nowhere": Slip(POLICY, "unsure_case: queue", "unsure_case: close", "'queue' or 'human'"),
    "negative time": Slip(POLICY, "silence: 7.0", "silence: -7.0", "greater than 0"),
    # forms
    "form named wrongly": Slip(POTHOLE, "intent: pothole", "intent: theft_report", "named pothole.yaml", others=2),
    "form of no intent": Slip(POTHOLE, "intent: pothole", "intent: pottery", "no intent 'pottery'", others=1),
    "unknown slot in a form": Slip(POTHOLE, "slot: callback_number", "slot: calback", "no slot 'calback'"),
    "slot asked twice": Slip(POTHOLE, "slot: callback_number", "slot: location", "asked twice", at="ask: ask_callback"),
    "slot without a question": Slip(
        THEFT,
        "  - {slot: item_description, ask: ask_item, detail: ask_item_detail}\n",
        "",
        "has no question",
        at="slots:",
        others=2,
    ),
    "unknown prompt in a form": Slip(THEFT, "ask: ask_item,", "ask: ask_itme,", "no prompt 'ask_itme'", others=2),
    "callback without its known form": Slip(
        PROMPTS, "  ask_callback_known:", "  ask_callback_now:", "never said", others=35
    ),
    "skipping what is known without having asked": Slip(
        "dialogs/forms/records_request.yaml", "unless_known: report_number", "unless_known: plate", "not asked before"
    ),
    "unknown slot of several": Slip(
        CATALOGUE, "[report_number, occurred_at]", "[report_number, occured]", "no slot 'occured'", others=1
    ),
    "skipping without having asked": Slip(
        "dialogs/forms/drug_activity.yaml", "unless_declined: caller_name", "unless_declined: plate", "not asked before"
    ),
    "nothing to read back": Slip(POTHOLE, "confirm: confirm_place", "confirm: null", "needs a prompt under 'confirm'"),
    # prompts and reasons
    "missing prompt": Slip(
        PROMPTS, "  ask_amend: What should I change?\n", "", "'ask_amend' is missing", at="prompts:"
    ),
    "unused prompt": Slip(PROMPTS, "  sorry:", "  spare: Hello.\n  sorry:", "'spare' is never said"),
    "unknown variable": Slip(PROMPTS, "Is this about {title}?", "Is this about {titel}?", "unknown variable '{titel}'"),
    "unbalanced brace": Slip(PROMPTS, "Is this about {title}?", "Is this about {title?", "braces cannot be read"),
    "unknown variable in a variant": Slip(PROMPTS, "- One moment, please.", "- One moment, {nam}.", "'{nam}'"),
    "a format nobody can read": Slip(PROMPTS, "Is this about {title}?", "Is this about {title:d}?", "only a name"),
    "a conversion nobody can read": Slip(PROMPTS, "Is this about {title}?", "Is this about {title!x}?", "only a name"),
    "variable without quotes": Slip(
        PROMPTS, "ask_intent: All right. Is this about {title}?", "ask_intent: {title}", "quotation"
    ),
    "empty prompt": Slip(PROMPTS, "  sorry: Sorry about that.", "  sorry: ''", "a text is expected"),
    "reason without words": Slip(REASONS, "  caller_asked:", "  caller_aksed:", "never occurs", others=1),
    # utterances
    "unknown slot in a mark": Slip(
        SPOKEN, "utterances:\n", "utterances:\n  - hole on [Elm](locaton)\n", "no slot 'locaton'", at="locaton"
    ),
    "broken mark": Slip(
        SPOKEN, "utterances:\n", "utterances:\n  - hole on [Elm(location)\n", "belongs to no complete", at="[Elm("
    ),
    "unknown question": Slip(
        SPOKEN, "utterances:\n", "utterances:\n  - {say: a hole, asked: were}\n", "no question 'were'", at="were}"
    ),
    "wrong intent in a file": Slip(SPOKEN, "intent: pothole", "intent: noise_complaint", "named pothole.yaml"),
    "wrong intent null": Slip(SPOKEN, "intent: pothole", "intent: null", "named pothole.yaml but its intent is 'null'"),
    "intent of a line in a file of one intent": Slip(
        SPOKEN,
        "utterances:\n",
        "utterances:\n  - say: a hole\n    intent: pothole\n",
        "only a file that says",
        at="    intent: pothole",
    ),
    "no words": Slip(SPOKEN, "utterances:\n", "utterances:\n  - '...'\n", "no words", at="'...'"),
    # lines and carriers
    "number on two lines": Slip(
        LINES,
        '    transfer_emergency: "+12035550199"',
        '    transfer_emergency: "+12035550199"\n  spanish:\n'
        '    numbers: ["+12035550100"]\n    language: en\n    voice: x\n    greeting: [greeting]\n'
        '    transfer_human: "+12035550111"\n    transfer_emergency: "+12035550199"',
        "already belongs to the line 'main'",
        at='"+12035550100"]\n    language: en\n    voice: x',
    ),
    "no such default line": Slip(LINES, "default: main", "default: mian", "no line 'mian'"),
    "unknown greeting": Slip(LINES, "[greeting, how_can_i_help]", "[greting, how_can_i_help]", "no prompt 'greting'"),
    "number without its plus": Slip(LINES, '"+12035550111"', '"12035550111"', "pattern"),
    "unknown key in a dialect": Slip(CARRIER, "rate: 8000\n\n", "rate: 8000\nbits: 8\n\n", "unknown key 'bits'"),
    "variable missing in a dialect": Slip(
        CARRIER, "{payload: $payload}", "{payload: $sound}", "play must use", at="commands:"
    ),
    # emergencies
    "unbalanced phrase": Slip(
        DANGER, "phrase: someone is <hurt>", "phrase: (someone is <hurt>", "not closed", others=1
    ),
    "unknown list": Slip(DANGER, "phrase: someone is <hurt>", "phrase: someone is <hrut>", "hrut", others=2),
    "idle list": Slip(DANGER, "  hurt: [", "  pets: [dog]\n  hurt: [", "no phrase uses the list <pets>"),
    "example that does not match": Slip(DANGER, "[someone is bleeding]", "[someone is fine]", "someone is fine"),
    "false alarm": Slip(DANGER, "[there is a pothole]", "[someone is hurt]", "someone is hurt"),
    # knowledge pages
    "page without a title": Slip(TRASH, "title: Trash collection days\n", "", "'title' is missing", at="example: true"),
    "page without an answer": Slip(TRASH, "answer: >-", "anwser: >-", "unknown key 'anwser'", others=1),
    "page with a text below": Slip(
        TRASH, "from the holiday on.\n---\n", "off.\n---\nMore.\n", "nothing before or after", "---"
    ),
    "page without its first line": Slip(TRASH, "---\ntitle", "title", "between two lines '---'"),
    "question without a mark": Slip(TRASH, "What day is my trash picked up?", "What day is my trash", "question mark"),
    "question that stands twice": Slip(
        TRASH,
        "What day is my trash picked up?",
        "is trash pickup delayed because of the holiday?",
        "this page has",
        at="  - Is trash pickup delayed",
    ),
    "question of another page": Slip(
        WASTE, "Where does motor oil go?", "Where can I recycle batteries?", "'batteries_electronics' has this question"
    ),
    "title of another page": Slip(
        WASTE,
        "Paint, chemicals and household hazardous waste",
        "Batteries, televisions and electronics",
        "'batteries_electronics' has this title",
    ),
    "question that is a number": Slip(
        TRASH, "  - What day is my trash", "  - 3\n  - What day is my trash", "quotation marks"
    ),
    "answer without an end": Slip(TRASH, "from the holiday on.", "off", "full stop", at="answer:"),
    "answer that asks": Slip(TRASH, "from the holiday on.", "if so? on.", "must not ask", at="answer:"),
    "answer that nobody keeps in mind": Slip(
        TRASH, "from the holiday on.", "on" + " and on" * 20 + ".", "callers keep 45", at="answer:"
    ),
    "answer of many sentences": Slip(TRASH, "from the holiday on.", "off. Yes. No.", "5 sentences", at="answer:"),
    "answer with a variable": Slip(TRASH, "from the holiday on.", "on {day}.", "{variables}", at="answer:"),
    "example with a real number": Slip(
        TRASH, "from the holiday on.", "on, says 203-946-0000.", "could be somebody's", at="answer:"
    ),
    "no such page to see": Slip(WASTE, "see: [batteries_electronics]", "see: [bateries]", "no other page 'bateries'"),
    "answered after all": Slip(
        UNANSWERED, "Where is the courthouse?", "What day is my trash picked up?", "'trash_days' answers this"
    ),
    "unanswered, and no question": Slip(UNANSWERED, "Where is the courthouse?", "The courthouse", "question mark"),
    # lists, streets, places, summary
    "word that is a number": Slip(COLORS, "- black\n", "- 12\n", "quotation marks"),
    "street without its columns": Slip(STREETS, "2nd Street,0.293,\n", "2nd Street\n", "expected name,miles,also"),
    "street of no length": Slip(STREETS, "2nd Street,0.293,\n", "2nd Street,long,\n", "expected name,miles,also"),
    "street without a name": Slip(STREETS, "2nd Street,0.293,\n", ",0.293,\n", "expected name,miles,also"),
    "street after an empty line": Slip(
        STREETS, "2nd Street,0.293,\n", "\n\n2nd Street,?,\n", "expected", at="2nd Street,?"
    ),
    "streets without a header": Slip(STREETS, "name,miles,also\n", "", "first line must be"),
    "place on no street": Slip(PLACES, CITY_HALL, CITY_HALL.replace("Church", "Chruch"), "no street 'Chruch Street'"),
    "unknown word in the summary": Slip(SUMMARY, "Why a person: $why", "Why a person: $wy", "wy"),
    "phrase missing in the summary": Slip(SUMMARY, "@yes: yes\n", "", "@yes is missing", at="@#"),
}


def _line(text: str, slip: Slip) -> int:
    if slip.at is not None:
        return text[: text.index(slip.at)].count("\n") + 1
    added = [line for line in slip.new.splitlines() if line not in slip.old.splitlines()]
    return text[: text.index(added[0])].count("\n") + 1 if added else 1


@pytest.mark.parametrize("name", SLIPS)
def test_a_mistake_is_named_with_its_file_and_line(copy: Path, name: str) -> None:
    slip = SLIPS[name]
    edit(copy, slip.file, slip.old, slip.new)
    found = mistakes_of(copy)
    where = f"{slip.file}:{_line((copy / slip.file).read_text(), slip)}: "
    assert any(mistake.startswith(where) and slip.says in mistake for mistake in found), "\n".join(found)
    assert len(found) == 1 + slip.others, "\n".join(found)


@pytest.mark.parametrize(
    "file", [FLOW, POLICY, PROMPTS, REASONS, CATALOGUE, LINES, DANGER, STREETS, PLACES, SUMMARY, POTHOLE, SPOKEN]
)
def test_a_missing_file_is_named(copy: Path, file: str) -> None:
    (copy / file).unlink()
    found = mistakes_of(copy)
    own = [f"{file}:1: this file is missing"]
    # A form or a list of utterances is missed by the intent that it belongs to.
    assert found == own or all(f"write {file}" in mistake or "never said" in mistake for mistake in found)


@pytest.mark.parametrize("file", [FLOW, POLICY, PROMPTS, REASONS, CATALOGUE, LINES, DANGER, PLACES, POTHOLE, SPOKEN])
def test_broken_yaml_is_one_mistake_and_no_other_file_is_blamed(copy: Path, file: str) -> None:
    lines = (copy / file).read_text().count("\n")
    with (copy / file).open("a") as text:
        text.write("\n}: broken\n")
    (mistake,) = mistakes_of(copy)
    assert mistake.startswith((f"{file}:{lines + 2}: not valid YAML", f"{file}:{lines + 1}: not valid YAML"))


def test_a_folder_without_files_is_named(copy: Path) -> None:
    shutil.rmtree(copy / "telephony/carriers")
    assert mistakes_of(copy) == ["telephony/carriers:1: there is no .yaml file in this folder"]


def test_text_that_is_not_utf_8_is_named(copy: Path) -> None:
    (copy / PROMPTS).write_bytes(b"prompts: {greeting: \xff}")
    (mistake,) = mistakes_of(copy)
    assert mistake.startswith(f"{PROMPTS}:1: this file cannot be read")


def test_files_saved_by_a_spreadsheet_or_a_windows_editor_are_fine(copy: Path) -> None:
    for file in (STREETS, PROMPTS, SUMMARY):
        text = (copy / file).read_text()
        (copy / file).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert len(load_site(copy).streets) > 600


def test_every_line_of_a_file_of_various_intents_names_one_that_exists(copy: Path) -> None:
    various = "intent: null\nutterances:\n  - say: that hole is killing me\n    intent: pothole\n"
    (copy / "intents/en/sounds_bad.yaml").write_text(various)
    load_site(copy)
    various += "  - a hole that I would die in\n  - say: a hole to die for\n    intent: pottery\n"
    (copy / "intents/en/sounds_bad.yaml").write_text(various)
    assert mistakes_of(copy) == [
        "intents/en/sounds_bad.yaml:5: 'intent' is missing here: the file's own is null",
        "intents/en/sounds_bad.yaml:7: there is no intent 'pottery' in intents/catalogue.yaml",
    ]


def test_several_mistakes_at_once_are_all_reported(copy: Path) -> None:
    chosen = [
        "bad time zone",
        "misspelled state",
        "thresholds in the wrong order",
        "nothing to read back",
        "unused prompt",
        "reason without words",
        "unknown slot in a mark",
        "unknown greeting",
        "unknown key in a dialect",
        "idle list",
        "place on no street",
        "street without its columns",
        "unknown word in the summary",
    ]
    for name in chosen:
        edit(copy, SLIPS[name].file, SLIPS[name].old, SLIPS[name].new)
    found = mistakes_of(copy)
    for name in chosen:
        assert any(mistake.startswith(SLIPS[name].file) and SLIPS[name].says in mistake for mistake in found), name


def test_several_mistakes_in_one_file_are_all_reported(copy: Path) -> None:
    new = "utterances:\n  - hole on [Elm](locaton)\n  - hole on [Elm(location)\n  - {say: a hole, asked: were}\n"
    edit(copy, SPOKEN, "utterances:\n", new)
    assert [mistake.split(": ")[0] for mistake in mistakes_of(copy)] == [f"{SPOKEN}:{line}" for line in (4, 5, 6)]


@pytest.mark.parametrize("kind", ["ask", "confirm"])
def test_every_question_is_one_short_question(site: Site, kind: str) -> None:
    for name, variants in site.playbook.prompts.items():
        for text in variants:
            if name.startswith(f"{kind}_"):
                assert text.count("?") <= 1, name
                assert len(text.split()) < 25, name


def test_no_form_asks_much_and_all_questions_have_other_words_for_the_second_time(site: Site) -> None:
    book = site.playbook
    for form in book.forms.values():
        # What was taken or broken, where, when and its worth: staff has to know all of that.
        assert len(form.slots) <= 5 + ("item_value" in {item.slot for item in form.slots})
        for item in form.slots:
            for prompt in (item.ask, item.detail):
                again = book.prompts.get(f"{prompt}_again", ())
                assert prompt is None or (again and again[0] != book.prompts[prompt][0]), prompt
