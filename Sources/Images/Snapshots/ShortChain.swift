/// What the first layers of a chain hold, in fewer.
struct ShortChain {
  /// How many layers of the chain.
  var count: Int
  /// Those that hold the same.
  var layers: [String]
}
