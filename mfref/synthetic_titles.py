"""Invented films for the synthetic ratings: genres with MovieLens 100K's frequencies, and titles that fit them."""

import numpy as np

# genre: (number of films with it in MovieLens 100K, words that titles are made of)
GENRES = {
    "Action": (251, "Strike Pursuit Firestorm Vendetta Overdrive Siege Barrage Impact Blade Countdown Gauntlet Ambush"),
    "Adventure": (135, "Voyage Island Compass Expedition Treasure Summit Caravan Horizon Jungle Corsair Lagoon Trail"),
    "Animation": (42, "Teapot Dragonfly Moonbeam Tinderbox Marionette Firefly Snowglobe Kite Acorn Lantern"),
    "Children": (122, "Puppy Treehouse Balloon Carousel Kitten Sandcastle Bicycle Snowman Pony Marble Hedgehog Cupcake"),
    "Comedy": (505, "Wedding Neighbour Landlord Honeymoon Mix-Up Roommate Vacation Babysitter Dentist Impostor Reunion"
                    " Mother-in-Law Houseguest Divorce Bachelor Holiday Butler Twins Waiter Dinner"),
    "Crime": (109, "Heist Alibi Informer Ransom Racket Verdict Launderer Syndicate Fence Forger Safe Witness"),
    "Documentary": (50, "Glacier Harvest Factory Orchestra Archive Migration Election Railway Beekeepers Lighthouse"),
    "Drama": (725, "Winter Promise Daughter River Letter Silence Garden Farewell Inheritance Harbour Orchard Confession"
                   " Stranger Homecoming Vineyard Portrait Schoolmaster Bridge Sister Memory Autumn Widow Pianist Tide"),
    "Fantasy": (22, "Sorcerer Amulet Enchantment Unicorn Prophecy Griffin Spellbook Labyrinth"),
    "Film-Noir": (24, "Shadow Alley Cigarette Nightclub Double-Cross Streetlamp Detective Raincoat"),
    "Horror": (92, "Crypt Scarecrow Whisper Cellar Asylum Howling Coffin Possession Fog Mirror Butcher Attic"),
    "Musical": (56, "Serenade Spotlight Cabaret Chorus Melody Encore Tap-Shoes Rhapsody Songbird Ballroom"),
    "Mystery": (61, "Cipher Vanishing Footprint Keyhole Riddle Clockmaker Lodger Manuscript Envelope Corridor"),
    "Romance": (247, "Kiss Summer Valentine Moonlight Rendezvous Sweetheart Rose Paris Seaside Waltz Afternoon Love-Letter"
                     " Embrace Lilac Sunset Proposal"),
    "Sci-Fi": (101, "Nebula Android Orbit Quasar Colony Starship Eclipse Singularity Exoplanet Signal Hologram Comet"),
    "Thriller": (251, "Hostage Deadline Surveillance Stalker Conspiracy Pulse Nerve Suspect Blackout Fugitive Decoy"
                      " Threshold Wiretap Trap Poison Double"),
    "War": (71, "Trench Battalion Armistice Sergeant Convoy Frontline Bunker Medic Regiment Beachhead"),
    "Western": (27, "Saddle Canyon Sheriff Gunslinger Prairie Stagecoach Rustler Showdown"),
}  # fmt: skip
ADJECTIVES = (
    "Last Silent Broken Golden Midnight Hidden Lost Burning Secret Distant Crimson Second Endless Reluctant Perfect "
    "Forgotten Electric Stolen Paper Northern Hollow Velvet Restless Borrowed Little Grand Crooked Blue Wild Quiet "
    "Final Invisible Reckless Sleeping Wandering Scarlet Iron Glass Lonely Lucky Bitter Accidental Unlikely Eternal"
).split()
PLACES = (
    "Vienna Casablanca Montreal Dublin Lisbon Havana Kyoto Naples Tangier Bombay Oslo Chicago Brooklyn Marseille "
    "Edinburgh Prague Seville Nairobi Laredo Monterey Trieste Antwerp Valparaiso Reykjavik"
).split()
GENRES_PER_FILM = (0.495, 0.338, 0.128, 0.039)  # shares of films with 1, 2, 3, 4 genres: 1.71 in the mean
DUPLICATED_TITLES = 18
NUMERALS = ("II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


def genre_sets(n_items, rng):
    """→ boolean array (n_items, n_genres), columns in the order of GENRES, one to four genres a film."""
    frequency = np.array([count for count, _ in GENRES.values()], dtype=float)
    how_many = 1 + np.searchsorted(np.cumsum(GENRES_PER_FILM)[:-1], rng.random(n_items), side="right")
    # The k smallest of exponential waiting times with these rates are k draws without replacement.
    waiting = rng.standard_exponential((n_items, len(frequency))) / frequency
    rank = waiting.argsort(axis=1).argsort(axis=1)
    return rank < how_many[:, None]


def titles(genres, years, rng):
    """→ list of titles "Name (year)", each once, but for DUPLICATED_TITLES pairs of films of one title and year.

    genres: boolean (n_items, n_genres); years: (n_items,), changed in place for the second of each pair.
    """
    words = [text.split() for _, text in GENRES.values()]
    draws = rng.random((len(genres), 5))
    result, seen = [], {}
    for genre_row, year, draw in zip(genres, years, draws, strict=True):
        own = np.flatnonzero(genre_row)
        pool = words[own[int(draw[0] * len(own))]]
        name = _name(pool, draw)
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            name = f"{name} {_numeral(seen[name])}"
        result.append(f"{name} ({year})")
    n_pairs = min(DUPLICATED_TITLES, len(genres) // 2)
    chosen = rng.random(len(genres)).argsort()[: 2 * n_pairs].reshape(-1, 2)
    for first, second in chosen:
        years[second] = years[first]
        result[second] = result[first]
    return result


def _name(pool, draw):
    word = pool[int(draw[1] * len(pool))]
    adjective = ADJECTIVES[int(draw[2] * len(ADJECTIVES))]
    place = PLACES[int(draw[3] * len(PLACES))]
    return (
        f"The {adjective} {word}",
        f"{adjective} {word}",
        f"{word} in {place}",
        f"The {word} of {place}",
        f"{adjective} {place}",
    )[int(draw[4] ** 1.4 * 5)]


def _numeral(n):
    return NUMERALS[n - 2] if n - 2 < len(NUMERALS) else str(n)
