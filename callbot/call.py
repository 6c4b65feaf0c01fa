"""The conductor of one call. PURE: facts in, commands out, time is an argument.

`Call` never waits for a model: it asks (`Transcribe`, `Understand`, `SaveTurn`) and is told (`Transcribed`,
`Understood`, `Saved`). So a barge-in, a silence, a late transcript or a hang-up in mid-sentence is a short list
of facts, and a recorded list gives the same commands again.

Emergencies are watched here and outside every model: each partial and each final transcript goes through the
phrase rules in every phase, also while the bot speaks, saves or says goodbye. No prompt, form or failed station
can come before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from callbot import leaving
from callbot.dialog import machine
from callbot.dialog.machine import Reply
from callbot.dialog.reading import asked_for, expected_kind
from callbot.dialog.render import render
from callbot.dialog.snapshot import snapshot, turn_record, with_caller_id
from callbot.dialog.state import Dialog, Heard
from callbot.events import (
    CallEnded,
    CallStarted,
    ClearPlayback,
    Command,
    Escalate,
    Fact,
    HangUp,
    HoldPlayback,
    IntentGuess,
    KeyPressed,
    Listen,
    LookedUp,
    LookUp,
    PartialHeard,
    PlaybackEnded,
    ResumePlayback,
    Saved,
    SaveTurn,
    SpeechContinued,
    SpeechStarted,
    StageFailed,
    StartTimer,
    StopTimer,
    TakenOver,
    TimerFired,
    Transcribe,
    Transcribed,
    Transfer,
    TurnEnded,
    Understand,
    Understanding,
    Understood,
    Word,
)
from callbot.floor import Floor, TurnOrder, plain_set
from callbot.keypad import PERSON_KEY, Keypad, takes_number
from callbot.nlu.emergency import EmergencyHit, EmergencyRules
from callbot.schema import LineSpec, Playbook
from callbot.turn_log import TurnLog
from callbot.vigil import Vigil

Phase = Literal["waiting", "hearing", "thinking", "saving", "leaving", "emergency", "over"]
"""waiting: for the caller (or speaking to them) - hearing: their words are being recognised - thinking: they are
being understood - saving: the store is committing - leaving: goodbye or transfer is under way - over: nothing
more happens."""

_KEEP_LISTENING = ("waiting", "hearing", "thinking")

_SAID = ("caller_asked", "out_of_scope", "not_understood")
"""Reasons that lie in the caller's last words."""

_DEAF_TURNS = 1
"""Turns in a row that may fail to be recognised; an emergency among them would go unheard."""


@dataclass(slots=True)
class _Turn:
    """The caller turn that is being worked on."""

    text: str = ""
    keys: str = ""
    hearing: float = 1.0
    started_at: float = 0.0
    ended_at: float = 0.0
    meaning: Understanding | None = None
    """What the words mean, while the caller's voice keeps the answer back."""
    words: tuple[Word, ...] = ()
    """The text word by word, on the call's clock."""
    by_rules: bool = False
    """The small model failed on it; the keyword rules were asked instead."""


@dataclass(slots=True)
class Call:
    """One call; feed it every fact in order."""

    book: Playbook
    rules: EmergencyRules
    line: LineSpec
    phase: Phase = "waiting"
    dialog: Dialog = field(init=False)
    caller: str | None = None
    _turn: _Turn = field(default_factory=_Turn)
    _pending: Reply | None = None
    """The answer that waits for the commit of its turn."""
    _filing: bool = False
    _later: list[Transcribed] = field(default_factory=list)
    """Turns that were recognised while the store was busy."""
    _speech_at: float = 0.0
    _audio_at: dict[int, float] = field(default_factory=dict)
    """Turn -> when its audio began."""
    _partial: str = ""
    """The newest partial transcript of a turn that has not been answered."""
    _deaf_turns: int = 0
    """Turns in a row that could not be recognised."""
    _listening: str = ""
    """Kind of answer that the ear was told to expect."""
    _filler_runs: bool = False
    _keypad: Keypad = field(default_factory=Keypad)
    _hold: bool = False
    _log: TurnLog = field(default_factory=TurnLog)
    _order: TurnOrder = field(default_factory=TurnOrder)
    _floor: Floor = field(init=False)
    _vigil: Vigil = field(init=False)

    def __post_init__(self) -> None:
        self.dialog = Dialog(state=self.book.flow.start)
        self._floor = Floor(plain_set(self.book.policy.backchannels), self.book.policy.murmur)
        self._vigil = Vigil(self.rules)

    # ------------------------------------------------------------ facts

    def receive(self, fact: Fact, at: float) -> list[Command]:
        """Take one fact that happened `at` seconds after the call's start; returns what is to be done, in order."""
        if self.phase == "over":
            return []
        commands = self._handle(fact, at)
        return [*commands, *self._keep_talking(), *self._keep_company()]

    def _handle(self, fact: Fact, at: float) -> list[Command]:
        match fact:
            case CallStarted():
                return self._on_start(fact, at)
            case SpeechStarted():
                return self._on_speech(at)
            case SpeechContinued():
                return self._hold_back()
            case PartialHeard():
                return self._on_partial(fact, at)
            case TurnEnded():
                return self._on_turn_end(fact, at)
            case Transcribed():
                return self._on_transcript(fact, at)
            case Understood():
                return self._on_meaning(fact, at)
            case Saved():
                return self._on_saved(fact, at)
            case LookedUp():
                return self._on_looked_up(fact, at)
            case KeyPressed():
                return self._on_key(fact, at)
            case TimerFired():
                return self._on_timer(fact, at)
            case PlaybackEnded():
                return self._on_playback_end(fact)
            case StageFailed():
                return self._on_failure(fact, at)
            case TakenOver():
                return self._on_taken_over()
            case CallEnded():
                return self._on_end()
        return []

    def _on_start(self, fact: CallStarted, at: float) -> list[Command]:
        self.caller = fact.caller
        reply = machine.start(self.book, self.line.greeting, caller_known=fact.caller is not None)
        self.dialog = reply.dialog
        record = turn_record("", reply, None, "", at, at)
        saved = self._log.write(record, None)
        greeting = self._floor.speak(reply.say)
        self._log.spoken(greeting)
        return [greeting, saved, StartTimer("call", self.book.policy.timing.longest_call)]

    def _on_speech(self, at: float) -> list[Command]:
        self._floor.caller_begins()
        self._vigil.begin_turn()
        self._speech_at = at
        return [StopTimer("silence")]

    def _on_partial(self, fact: PartialHeard, at: float) -> list[Command]:
        emergency = self._watch_partial(fact.text, at)
        if emergency:
            return emergency
        closely: list[Command] = [Listen(self._listening, closely=True)] if self._vigil.is_doubtful else []
        if self._floor.is_cut_by(fact.text):
            return [*closely, *self._hold_back()]
        if not self._floor.held:
            return closely
        self._floor.held = False
        return [*closely, ResumePlayback()]

    def _on_turn_end(self, fact: TurnEnded, at: float) -> list[Command]:
        self._floor.caller_ends()
        self._order.ended(fact.turn)
        self._audio_at[fact.turn] = at - fact.seconds
        if self.phase == "waiting":
            self._turn = _Turn(started_at=self._speech_at)
            self.phase = "hearing"
        self._turn.ended_at = at
        return [Transcribe(fact.turn)]

    def _on_transcript(self, fact: Transcribed, at: float) -> list[Command]:
        """Take turns in their order: a short one may be recognised before the long one that it follows."""
        began = self._audio_at.pop(fact.turn, at)
        words = tuple(replace(w, start=began + w.start, end=began + w.end) for w in fact.words)
        fact = replace(fact, words=words)
        emergency = self._watch(fact, at)
        if emergency:
            return emergency
        return self._next_turns(self._order.arrived(fact), at)

    def _next_turns(self, facts: list[Transcribed], at: float) -> list[Command]:
        return [command for fact in facts for command in self._next_turn(fact, at)]

    def _next_turn(self, fact: Transcribed, at: float) -> list[Command]:
        self._deaf_turns, self._partial = 0, ""
        if self.phase == "saving":
            self._later.append(fact)
            return []
        if self.phase not in _KEEP_LISTENING:
            return []
        if (not self._turn.text and self._floor.is_backchannel(fact)) or not (fact.text or self._turn.text):
            return self._ignore_turn()
        if self.phase == "waiting":
            self._turn = _Turn(started_at=self._speech_at, ended_at=at)
        self._turn.text = f"{self._turn.text} {fact.text}".strip()
        self._turn.words += fact.words
        if fact.text:
            self._turn.hearing = min(self._turn.hearing, fact.confidence)
        self.phase = "thinking"
        return [*self._interrupt(), self._understand(self._turn.text)]

    def _on_meaning(self, fact: Understood, at: float) -> list[Command]:
        stale = fact.turn != self.dialog.turns + 1 or fact.meaning.text != self._turn.text
        if self.phase != "thinking" or stale:
            return []
        if self._floor.caller_speaks:
            # The caller went on: their next words are joined with these. But a voice in the background must not
            # keep them from being answered for ever.
            self.phase = "hearing"
            self._turn.meaning = fact.meaning
            return [StartTimer("floor", self.book.policy.timing.filler)]
        if self._only_greets(fact.meaning):
            self.phase = "hearing"
            self._turn.meaning = fact.meaning
            return [StartTimer("floor", self.book.policy.timing.end_of_unfinished)]
        return self._answer_meaning(fact.meaning, at)

    def _only_greets(self, meaning: Understanding) -> bool:
        """ "Hi, yeah ..." - who begins like that usually goes on after a breath."""
        is_opening = self.book.flow.states[self.dialog.state].asks == "reason"
        return is_opening and meaning.intent == "greet" and self._turn.meaning is None

    def _answer_meaning(self, meaning: Understanding, at: float) -> list[Command]:
        stations = self.book.policy.stations
        badly_heard = self._turn.hearing < stations["hear"].confidence
        if badly_heard and meaning.confidence < stations["understand"].confidence:
            return self._answer(Heard(failed="hear"), at)
        heard = Heard(
            meaning=meaning, hearing=self._turn.hearing, keys=self._turn.keys, question_heard=self._floor.question_heard
        )
        return self._answer(heard, at)

    def _on_saved(self, fact: Saved, at: float) -> list[Command]:
        if self.phase != "saving" or fact.turn != self.dialog.turns:
            return []
        if self._filing:
            self._filing = False
            reply_after = machine.saved(self.book, self.dialog, fact.case_number or "", fact.linked_to)
            return [self._log.amend(reply_after), *self._go_on(reply_after, at)]
        reply, self._pending = self._pending, None
        assert reply is not None  # phase "saving" is entered with an answer or a filing
        if reply.file is not None:
            self._filing = True
            return [leaving.file(self.book, self.dialog, reply.file)]
        if reply.look_up:
            return [LookUp(fact.turn, reply.look_up)]
        return self._go_on(reply, at)

    def _on_looked_up(self, fact: LookedUp, at: float) -> list[Command]:
        """The store has told what has become of a case."""
        if self.phase != "saving" or fact.turn != self.dialog.turns:
            return []
        # Nothing is claimed about the enquiry itself, so its commit is not waited for.
        closed = [leaving.answered(self.book, self.dialog)] if fact.case is not None else []
        reply = machine.looked_up(self.book, self.dialog, fact.case)
        return [self._log.amend(reply), *closed, *self._go_on(reply, at)]

    def _on_key(self, fact: KeyPressed, at: float) -> list[Command]:
        types_number = takes_number(self.book, self.dialog)
        wants_person = fact.key == PERSON_KEY and not types_number
        if self.phase not in (_KEEP_LISTENING if wants_person else ("waiting",)):
            return []
        interrupt = self._interrupt()
        if not types_number:
            self._turn = _Turn(keys=fact.key, started_at=at, ended_at=at)
            return [*interrupt, *self._answer(Heard(keys=fact.key), at)]
        if self._keypad.press(fact.key, self.dialog.asked):
            return [*interrupt, *self._understand_keys(at)]
        return [*interrupt, StopTimer("silence"), StartTimer("keys", self.book.policy.timing.keys)]

    def _on_timer(self, fact: TimerFired, at: float) -> list[Command]:
        if fact.name == "call" and self.phase not in ("leaving", "emergency"):
            self._turn = _Turn(started_at=at, ended_at=at)
            return self._hand_over("exhausted", "longest_call", at)
        if fact.name == "filler":
            self._filler_runs = False
            variants = self.book.prompts["one_moment"]
            if not self._owes_answer():
                return []
            return [*self._interrupt(), self._floor.speak(render(variants, self.dialog.turns, {}))]
        if fact.name == "floor" and self.phase == "hearing" and self._turn.meaning is not None:
            return self._answer_meaning(self._turn.meaning, at)
        if fact.name == "keys" and self.phase == "waiting" and self._keypad.typed:
            return self._understand_keys(at)
        if fact.name == "silence" and self.phase == "waiting" and not self._floor.caller_speaks:
            self._turn = _Turn(started_at=at, ended_at=at)
            return self._answer(Heard(silent=True), at)
        return []

    def _on_playback_end(self, fact: PlaybackEnded) -> list[Command]:
        self._floor.played(fact)
        quiet = [self._silence_timer()] if self.phase == "waiting" and self._floor.is_quiet else []
        return [*self._log.played(fact), *quiet]

    def _on_failure(self, fact: StageFailed, at: float) -> list[Command]:
        """Take the fallback that policy.yaml declares for the station; in the end, a person."""
        if self.phase in ("leaving", "emergency"):
            return []
        if fact.station == "hear":
            return self._on_deaf_turn(fact, at)
        if fact.station == "understand":
            return self._on_no_meaning(fact, at)
        if self.book.policy.stations[fact.station].fallback == "skip":
            return []
        return self._hand_over("station_failed", "station_failed", at)

    def _on_deaf_turn(self, fact: StageFailed, at: float) -> list[Command]:
        self._deaf_turns += 1
        again = self.book.policy.stations["hear"].fallback == "reask" and self._deaf_turns <= _DEAF_TURNS
        # Turn 0 is no turn: the ear as a whole is out of order, and asking again would not help.
        if not again or not fact.turn:
            return self._hand_over("station_failed", "station_failed", at)
        following = self._next_turns(self._order.dropped(fact.turn), at)
        if following or self.phase not in ("waiting", "hearing"):
            return following
        return self._answer(Heard(failed="hear"), at)

    def _on_no_meaning(self, fact: StageFailed, at: float) -> list[Command]:
        if self.phase != "thinking" or fact.turn != self.dialog.turns + 1:
            return []
        fallback = self.book.policy.stations["understand"].fallback
        if fallback == "rules" and not self._turn.by_rules:
            self._turn.by_rules = True
            return [replace(self._understand(self._turn.text), by="rules")]
        if fallback == "reask":
            return self._answer(Heard(failed="understand"), at)
        return self._hand_over("station_failed", "station_failed", at)

    def _on_taken_over(self) -> list[Command]:
        """An operator speaks from here on."""
        self.phase = "over"
        return [ClearPlayback()]

    def _on_end(self) -> list[Command]:
        """The caller is gone: a complete case is still filed, anything else stays a readable draft."""
        commands: list[Command] = []
        if self.phase not in ("leaving", "emergency"):
            commands = [*self._last_words(), *([] if self._filing else self._wrap_up())]
        self.phase = "over"
        return commands

    def _last_words(self) -> list[Command]:
        """Keep what the caller said but was not answered."""
        heard = [self._turn.text, *(fact.text for fact in self._later)] if self.phase != "waiting" else []
        text = " ".join(part for part in (*heard, self._partial) if part)
        if not text or (self.phase == "saving" and not self._later):
            return []
        self.dialog = replace(self.dialog, turns=self.dialog.turns + 1)
        reply = Reply(self.dialog, (), "answer")
        record = turn_record(self.dialog.asked, reply, None, text, self._turn.started_at, self._turn.ended_at)
        return [SaveTurn(record, None)]

    # ------------------------------------------------------------ emergencies

    def _watch(self, fact: Transcribed, at: float) -> list[Command]:
        """Check a turn's words for an emergency; [] when there is none."""
        if self.phase == "emergency":
            return []
        hit = self._vigil.final(fact.text, self._turn.text)
        if hit is None:
            return []
        self._turn.words += fact.words
        return self._emergency(hit, f"{self._turn.text} {fact.text}".strip(), at)

    def _watch_partial(self, text: str, at: float) -> list[Command]:
        """The same for the words of a caller who still speaks."""
        self._partial = text
        if self.phase == "emergency":
            return []
        hit = self._vigil.partial(text, at)
        return self._emergency(hit, f"{self._turn.text} {text}".strip(), at) if hit is not None else []

    def _emergency(self, hit: EmergencyHit, text: str, at: float) -> list[Command]:
        """Connect the caller at once. Nothing here waits for the store: the log is written alongside."""
        self.phase = "emergency"
        clear: list[Command] = [ClearPlayback()] if self._floor.speaking else []
        self._floor.speaking.clear()
        self._floor.held = False
        said = render(self.book.prompts["emergency"], 0, {})
        turns = self.dialog.turns + 1
        asked = self.dialog.asked
        self.dialog = replace(self.dialog, state=self.book.flow.emergency, turns=turns, outcome="emergency")
        reply = Reply(self.dialog, said, "answer", end="emergency")
        guess = IntentGuess("emergency", hit.score)
        heard = Heard(meaning=Understanding(text, (guess,), (), out_of_scope=False))
        case = snapshot(self.book, self.dialog, "escalated", "emergency", "emergency")
        speak = self._floor.speak(said, protected=True)
        record = turn_record(asked, reply, heard, text, self._turn.started_at or self._speech_at, at)
        return [
            *clear,
            speak,
            Transfer(self.line.transfer_emergency, "emergency", "emergency", after_utterance=speak.utterance),
            SaveTurn(replace(record, words=self._turn.words), None),
            Escalate("emergency", hit.kind, hit.evidence, "emergency", case),
            *(StopTimer(name) for name in ("silence", "keys", "floor")),
        ]

    # ------------------------------------------------------------ answers

    def _understand(self, text: str) -> Understand:
        return Understand(self.dialog.turns + 1, text, asked_for(self.book, self.dialog, text))

    def _understand_keys(self, at: float) -> list[Command]:
        keys = self._keypad.typed
        self._keypad.clear()
        self._turn = _Turn(text=keys, keys=keys, started_at=at, ended_at=at)
        self.phase = "thinking"
        return [StopTimer("keys"), self._understand(keys)]

    def _answer(self, heard: Heard, at: float) -> list[Command]:
        """Decide what to say, and have the turn committed before it is said."""
        reply = machine.step(self.book, self.dialog, heard)
        if reply.end == "emergency":
            suspect = self.dialog.suspect
            words, score = (suspect.text, suspect.confidence) if suspect else (self._turn.text, 1.0)
            return self._emergency(EmergencyHit("other", words, score), f"{words} {self._turn.text}".strip(), at)
        asked, self.dialog = self.dialog.asked, with_caller_id(reply.dialog, self.caller)
        self._pending = replace(reply, dialog=self.dialog)
        self._keypad.clear()
        self._partial = ""
        self.phase = "saving"
        record = turn_record(asked, reply, heard, self._turn.text, self._turn.started_at, self._turn.ended_at)
        record = replace(record, words=self._turn.words)
        return [
            StopTimer("silence"),
            StopTimer("keys"),
            StopTimer("floor"),
            self._log.write(record, snapshot(self.book, self.dialog, "draft")),
        ]

    def _go_on(self, reply: Reply, at: float) -> list[Command]:
        """Say the answer; the turn has been committed."""
        self.dialog = reply.dialog
        if reply.end is not None:
            return self._leave(reply)
        self.phase = "waiting"
        self._hold = reply.hold
        self._turn = _Turn()
        if not reply.say:
            return [self._silence_timer(), *self._next_waiting(at)]
        speak = self._floor.ask(reply.say, protected=reply.must_be_heard)
        self._log.spoken(speak)
        return [speak, *self._listen(), *self._next_waiting(at)]

    def _listen(self) -> list[Command]:
        """Tell the ear what kind of answer the open question makes likely."""
        kind = expected_kind(self.book, self.dialog)
        if kind == self._listening:
            return []
        self._listening = kind
        return [Listen(kind)]

    def _next_waiting(self, at: float) -> list[Command]:
        """Take up what the caller said while the store was busy."""
        if not self._later or self.phase != "waiting":
            return []
        text = " ".join(t.text for t in self._later)
        words = tuple(word for t in self._later for word in t.words)
        fact = replace(self._later[-1], text=text, confidence=min(t.confidence for t in self._later), words=words)
        self._later.clear()
        self.phase = "hearing"
        self._turn = _Turn(started_at=self._speech_at, ended_at=at)
        return self._next_turn(fact, at)

    def _leave(self, reply: Reply) -> list[Command]:
        if reply.end == "human":
            return self._connect(reply)
        unfinished = self._wrap_up()
        outcome = self.dialog.outcome or "answer"
        self.dialog = replace(self.dialog, outcome=outcome)
        self.phase = "leaving"
        speak = self._floor.speak(reply.say)
        return [*unfinished, speak, HangUp(outcome, after_utterance=speak.utterance)]

    def _connect(self, reply: Reply) -> list[Command]:
        """Hand the call over with everything that is known."""
        self.phase = "leaving"
        case = snapshot(self.book, self.dialog, "escalated", "human", reply.reason)
        priority = case.priority if case else "medium"
        speak = self._floor.speak(reply.say)
        evidence = self._turn.text if reply.reason in _SAID else ""
        return [
            Escalate(reply.reason, None, evidence, priority, case),
            speak,
            Transfer(self.line.transfer_human, reply.reason, priority, after_utterance=speak.utterance),
        ]

    def _hand_over(self, trigger: Literal["exhausted", "station_failed"], reason: str, at: float) -> list[Command]:
        """Leave for a person, whatever state the flow is in; for trouble that is not in the caller's words."""
        reply = machine.give_up(self.book, self.dialog, trigger, reason)
        asked, self.dialog = self.dialog.asked, reply.dialog
        self._pending, self._filing = None, False
        record = turn_record(asked, reply, None, self._turn.text, self._turn.started_at, at)
        # The log is written alongside: the reason may well be that the store does not answer.
        return [*self._interrupt(), SaveTurn(record, None), *self._connect(reply)]

    def _wrap_up(self) -> list[Command]:
        self.dialog, commands = leaving.wrap_up(self.book, self.dialog)
        return commands

    # ------------------------------------------------------------ speaking

    def _interrupt(self) -> list[Command]:
        self._floor.held = False
        return [ClearPlayback()] if self._floor.interruptible else []

    def _hold_back(self) -> list[Command]:
        """Somebody speaks: fall silent at once, and wait for words to tell whether it is an interruption."""
        if self.phase not in ("waiting", "hearing") or not self._floor.hold():
            return []
        return [HoldPlayback()]

    def _keep_talking(self) -> list[Command]:
        """What was held back goes on as soon as nobody speaks and no words are awaited."""
        if not self._floor.held or self._floor.caller_speaks or self._order.awaits_words:
            return []
        self._floor.held = False
        return [ResumePlayback()]

    def _ignore_turn(self) -> list[Command]:
        """Nothing was said, or nothing that wants an answer."""
        if self._floor.caller_speaks:
            return []
        self.phase = "waiting"
        return [] if self._floor.speaking else [self._silence_timer()]

    def _silence_timer(self) -> StartTimer:
        timing = self.book.policy.timing
        return StartTimer("silence", timing.hold if self._hold else timing.silence)

    # ------------------------------------------------------------ company

    def _owes_answer(self) -> bool:
        """The caller has finished and hears nothing."""
        return self.phase in ("hearing", "thinking", "saving") and self._floor.is_quiet

    def _keep_company(self) -> list[Command]:
        """Nobody is left in silence: while an answer is owed, a timer runs that says "one moment"."""
        if self._owes_answer() == self._filler_runs:
            return []
        self._filler_runs = not self._filler_runs
        seconds = self.book.policy.timing.filler
        return [StartTimer("filler", seconds) if self._filler_runs else StopTimer("filler")]
