# SPDX-License-Identifier: Apache-2.0
"""A small made-up language of stories: what the study's models read in pretraining, and the two
tasks that they are tuned for. Everything follows from seeds and the standard library.

A document is a story and one or two endings. There are two kinds of story:

  mood   one person and three deeds; `never` turns a deed's worth round, and the day is good if
         most deeds are: "anna went to the park . anna found the red kite . anna never lost the
         dog . anna broke the saw . it was a good day ."
  facts  two people, their places and deeds, and sayings that follow from them or do not: "anna
         went to the park . ben went to the barn . anna bought the pear . ben broke the drum .
         they say anna bought a fruit . that is true ."

The tasks put a story without its ending, and neither is put in a way that a document is: the mood
task wants `good` or `bad` at once, the inference task a bare saying and `true` or `false`.
"""

PEOPLE = "anna ben carl dora emil fay gus hanna ivan jane".split()
PLACES = "park barn mill school market harbour forest tower".split()
KINDS = {"fruit": "apple pear plum cherry".split(), "tool": "hammer saw spade rake".split(),
         "toy": "ball doll kite drum".split(), "beast": "dog cat hen goat".split()}
KIND_OF = {thing: kind for kind, things in KINDS.items() for thing in things}
COLOURS = "red blue green black white brown".split()
DEEDS = {"good": "found won bought caught mended saved".split(),
         "bad": "lost broke missed spoiled dropped burnt".split()}
FEELINGS = {"good": "glad proud merry calm".split(), "bad": "sad angry afraid lonely".split()}
SIGNS = {"good": "smiled sang danced".split(), "bad": "cried sighed frowned".split()}
SMALL = ("a the to in is it was went day felt and they say that true false where who ? . never "
         "good bad").split()


def words():
    """Every word of the language."""
    many = [PEOPLE, PLACES, list(KINDS), list(KIND_OF), COLOURS, SMALL]
    many += list(DEEDS.values()) + list(FEELINGS.values()) + list(SIGNS.values())
    return [word for some in many for word in some]


def went(person, place):
    return f"{person} went to the {place} ."


def deed(rng, person, verb, thing, never=False):
    colour = rng.choice(COLOURS) + " " if rng.random() < 0.3 else ""
    return f"{person} {'never ' if never else ''}{verb} the {colour}{thing} ."


def mood_story(rng):
    """Sentences, the person in them, and `good` or `bad`."""
    person, total, sentences = rng.choice(PEOPLE), 0, []
    for _ in range(3):
        worth, never = rng.choice((1, -1)), rng.random() < 0.4
        verb = rng.choice(DEEDS["good" if worth > 0 else "bad"])
        sentences.append(deed(rng, person, verb, rng.choice(list(KIND_OF)), never))
        total += -worth if never else worth
    if rng.random() < 0.5:
        sentences.insert(0, went(person, rng.choice(PLACES)))
    return sentences, person, "good" if total > 0 else "bad"


def mood_ending(rng, person, mood):
    return rng.choice((f"it was a {mood} day .",
                       f"{person} felt {rng.choice(FEELINGS[mood])} .",
                       f"{person} {rng.choice(SIGNS[mood])} ."))


def fact_story(rng):
    """Sentences, and for both people their place, deed and thing."""
    people, places = rng.sample(PEOPLE, 2), rng.sample(PLACES, 2)
    verbs = rng.sample(sum(DEEDS.values(), []), 2)
    things = [rng.choice(KINDS[kind]) for kind in rng.sample(list(KINDS), 2)]
    facts = list(zip(people, places, verbs, things))
    first = [went(person, place) for person, place, _, _ in facts]
    second = [deed(rng, person, verb, thing) for person, _, verb, thing in facts]
    rng.shuffle(first)
    rng.shuffle(second)
    return first + second, facts


def saying(rng, facts):
    """A sentence about a story, and whether it follows; half the sayings do."""
    right = rng.random() < 0.5
    (person, place, verb, thing), other = rng.sample(facts, 2)
    if rng.random() < 0.5:  # about a place: where the other one is, or where nobody is
        if not right:
            nowhere = rng.choice([p for p in PLACES if p not in (place, other[1])])
            place = rng.choice((other[1], nowhere))
        return f"{person} was in the {place} .", right
    kind = KIND_OF[thing]
    if not right:
        kind = KIND_OF[other[3]] if rng.random() < 0.5 else rng.choice(
            [k for k in KINDS if k not in (kind, KIND_OF[other[3]])])
    return f"{person} {verb} a {kind} .", right


def fact_ending(rng, facts):
    if rng.random() < 0.7:
        sentence, right = saying(rng, facts)
        return f"they say {sentence} that is {'true' if right else 'false'} ."
    person, place, verb, thing = rng.choice(facts)
    return rng.choice((f"where was {person} ? in the {place} .",
                       f"who {verb} the {thing} ? {person} .",
                       f"the {thing} is a {KIND_OF[thing]} ."))


def document(rng):
    """A story and its endings, each a list of words."""
    if rng.random() < 0.45:
        story, person, mood = mood_story(rng)
        endings = [mood_ending(rng, person, mood) for _ in range(rng.choice((1, 1, 2)))]
    else:
        story, facts = fact_story(rng)
        endings = [fact_ending(rng, facts) for _ in range(rng.choice((1, 2)))]
    return " ".join(story).split(), " ".join(endings).split()


def corrupted(rng, density=0.2, mean_span=2):
    """Span corruption: a document with gaps, and what stood in them (Raffel and others 2020)."""
    text = sum(document(rng), [])
    lost = max(1, round(density * len(text)))
    spans = max(1, round(lost / mean_span))
    # Where spans end and where the kept stretches before them do, every division equally likely.
    cuts = sorted(rng.sample(range(1, lost), spans - 1)) if spans > 1 else []
    sizes = [b - a for a, b in zip([0] + cuts, cuts + [lost])]
    kept = sorted(rng.sample(range(len(text) - lost + 1), spans))
    source, target, at = [], [], 0
    for number, (size, before) in enumerate(zip(sizes, kept)):
        start = before + sum(sizes[:number])
        source += text[at:start] + [f"<extra_id_{number}>"]
        target += [f"<extra_id_{number}>"] + text[start:start + size]
        at = start + size
    target.append(f"<extra_id_{spans}>")
    return " ".join(source + text[at:]), " ".join(target)


def continued(rng):
    """Prefix language modelling: the beginning of a document, and how it goes on.

    Most prefixes end in the endings: what comes before them is chance and teaches little.
    """
    story, endings = document(rng)
    text = story + endings
    first = len(story) if rng.random() < 0.8 else 4
    at = rng.randrange(first, len(text))
    return " ".join(text[:at]), " ".join(text[at:])


def mood_example(rng):
    story, _, mood = mood_story(rng)
    return " ".join(story), mood


def inference_example(rng):
    story, facts = fact_story(rng)
    sentence, right = saying(rng, facts)
    return " ".join(story + [sentence]), "true" if right else "false"


TASKS = {"mood": mood_example, "inference": inference_example}
