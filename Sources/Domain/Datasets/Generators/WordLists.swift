/// The words that problems are told with; none of them is or contains a number.
enum WordLists {
  static let names = [
    "Ana", "Ben", "Carla", "Deniz", "Elif", "Femi", "Greta", "Hugo", "Ines", "Jonas", "Kofi",
    "Lena", "Mira", "Nils", "Oda", "Pavel", "Rosa", "Samir", "Tara", "Yusuf",
  ]
  static let things = [
    "marbles", "stamps", "stickers", "pencils", "shells", "cards", "beads", "buttons", "coins",
    "books",
  ]
  static let goods = [
    "lamp", "ticket", "book", "shirt", "basket", "chair", "hammer", "kettle", "plate", "scarf",
  ]
  static let vehicles = ["train", "bus", "car", "truck", "ferry", "tram"]
  static let fruits = ["apple", "banana", "cherry", "mango", "plum"]
  static let echoes = ["blue", "drum", "echo", "fern", "gold", "hill", "jump", "kite"]
  static let short = [
    "lamp", "milk", "frog", "desk", "bird", "cup", "hand", "ship", "moon", "tree", "ring", "salt",
    "wolf", "corn", "gate", "nest", "pond", "rain", "sand", "tent", "vase", "wind", "yarn", "zinc",
    "boat", "cave", "dust", "farm", "goat", "hat", "ink", "jar", "key", "leaf", "map", "net",
    "oak", "pen", "rope", "sun",
  ]
  static let adjectives = ["old", "red", "quiet", "small", "bright", "young", "green", "tall"]
  static let creatures = ["fox", "owl", "horse", "painter", "sailor", "farmer", "cat", "robot"]
  static let verbs = ["sleeps", "waits", "sings", "runs", "works", "smiles", "swims", "reads"]
  static let places = [
    "near the river", "in the garden", "by the old bridge", "on a hill", "at night",
  ]

  /// A kind, a class, and whether every member of the kind belongs to the class.
  static let memberships: [(kind: String, class: String, belongs: Bool)] = [
    ("robin", "bird", true), ("salmon", "fish", true), ("rose", "flower", true),
    ("oak", "tree", true), ("violin", "instrument", true), ("copper", "metal", true),
    ("beetle", "insect", true), ("lion", "mammal", true), ("cobra", "reptile", true),
    ("carrot", "vegetable", true), ("ruby", "gem", true), ("canoe", "boat", true),
    ("square", "rectangle", true), ("poodle", "dog", true), ("cheddar", "cheese", true),
    ("toad", "amphibian", true), ("sofa", "piece of furniture", true), ("waltz", "dance", true),
    ("sedan", "car", true), ("novel", "book", true), ("whale", "fish", false),
    ("spider", "insect", false), ("bat", "bird", false), ("tomato", "stone", false),
    ("penguin", "mammal", false), ("mushroom", "animal", false), ("dolphin", "reptile", false),
    ("circle", "polygon", false), ("guitar", "drum", false), ("bicycle", "boat", false),
    ("lizard", "insect", false), ("pine", "flower", false),
  ]
  static let owners = ["Pip", "Momo", "Zara", "Kiki", "Rolo", "Tavi", "Luma", "Bodo"]
}
