import Errors

extension Dockerfile {
  /// Checks that the builder can carry out every instruction.
  ///
  /// - Throws: `unimplemented` for the first that it cannot, with what to do instead.
  public func validate() throws(SandlotError) {
    for instruction in instructions {
      switch instruction.kind {
      case .unsupported(let name):
        throw instruction.unsupported(
          "\(name) is not supported",
          hint: "Put the instruction into the Dockerfile of the image that builds on this one.")
      case .run(let run):
        guard let refusal = run.refusal else { continue }
        throw instruction.unsupported("\(refusal.what) is not supported", hint: refusal.hint)
      default: continue
      }
    }
  }
}
