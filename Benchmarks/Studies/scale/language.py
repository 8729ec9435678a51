# SPDX-License-Identifier: Apache-2.0
"""A small made-up language of stories: what the study's models read in pretraining, and the two
tasks that they are tuned for. Everything follows from seeds and the standard library.

A document is a story and two endings. Deeds are good or bad, and `never` turns one round. There
are two kinds of story:

  mood   one person and three deeds; the day is as most of them are: "anna found the kite . anna
         never lost the dog . anna broke the saw . it was a good day . anna smiled ."
  pairs  two people and a deed of each, then how they felt, and sayings that are true or not:
         "anna went to the park . anna bought the pear . ben broke the drum . anna felt glad .
         they say ben sang . that is false ."

The tasks put a story without its endings, and neither as a document would go on: the mood task
wants `good` or `bad` at once, the inference task `true` or `false` after a bare saying.
"""

PEOPLE = "anna ben carl dora emil fay gus hanna ivan jane".split()
PLACES = "park barn mill school market harbour forest tower".split()
THINGS = ("apple pear plum cherry hammer saw spade rake ball doll kite drum dog cat hen "
          "goat").split()
DEEDS = {"good": "found won bought caught mended saved".split(),
         "bad": "lost broke missed spoiled dropped burnt".split()}
FEELINGS = {"good": "glad proud merry calm".split(), "bad": "sad angry afraid lonely".split()}
SIGNS = {"good": "smiled sang danced".split(), "bad": "cried sighed frowned".split()}
SMALL = "a the to it was went day felt they say that is true false . never good bad".split()


def words():
    """Every word of the language."""
    many = [PEOPLE, PLACES, THINGS, SMALL]
    many += list(DEEDS.values()) + list(FEELINGS.values()) + list(SIGNS.values())
    return [word for some in many for word in some]


def went(person, place):
    return f"{person} went to the {place} ."


def deed(rng, person):
    """A sentence, and `good` or `bad`."""
    never, worth = rng.random() < 0.2, rng.choice(("good", "bad"))
    verb, thing = rng.choice(DEEDS[worth]), rng.choice(THINGS)
    if never:
        worth = "bad" if worth == "good" else "good"
    return f"{person} {'never ' if never else ''}{verb} the {thing} .", worth


def mood_story(rng):
    """Sentences, the person in them, and `good` or `bad`."""
    person = rng.choice(PEOPLE)
    deeds = [deed(rng, person) for _ in range(3)]
    sentences = [sentence for sentence, _ in deeds]
    if rng.random() < 0.3:
        sentences.insert(0, went(person, rng.choice(PLACES)))
    worths = [worth for _, worth in deeds]
    return sentences, person, max(set(worths), key=worths.count)


def mood_ending(rng, person, mood):
    return rng.choice((f"it was a {mood} day .", feeling(rng, person, mood)))


def pair_story(rng):
    """Sentences, and how things went for either of the two people in them."""
    sentences, moods = [], {}
    for person in rng.sample(PEOPLE, 2):
        sentence, mood = deed(rng, person)
        moods[person] = mood
        if rng.random() < 0.3:
            sentence = f"{went(person, rng.choice(PLACES))} {sentence}"
        sentences.append(sentence)
    return sentences, moods


def feeling(rng, person, mood):
    words = rng.choice((FEELINGS, SIGNS))
    return f"{person} {'felt ' if words is FEELINGS else ''}{rng.choice(words[mood])} ."


def saying(rng, moods):
    """A sentence about a story, and whether it follows; half the sayings do."""
    person, follows = rng.choice(list(moods)), rng.random() < 0.5
    other = {"good": "bad", "bad": "good"}[moods[person]]
    return feeling(rng, person, moods[person] if follows else other), follows


def pair_ending(rng, moods):
    if rng.random() < 0.5:
        sentence, follows = saying(rng, moods)
        return f"they say {sentence} that is {'true' if follows else 'false'} ."
    person = rng.choice(list(moods))
    return feeling(rng, person, moods[person])


def document(rng):
    """A story and its endings, each a list of words."""
    if rng.random() < 0.45:
        story, person, mood = mood_story(rng)
        endings = [mood_ending(rng, person, mood) for _ in range(2)]
    else:
        story, moods = pair_story(rng)
        endings = [pair_ending(rng, moods) for _ in range(2)]
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
    story, moods = pair_story(rng)
    sentence, follows = saying(rng, moods)
    return " ".join(story + [sentence]), "true" if follows else "false"


TASKS = {"mood": mood_example, "inference": inference_example}
