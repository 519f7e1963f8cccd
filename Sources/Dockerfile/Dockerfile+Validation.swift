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
          "\(name) is not supported yet", hint: Self.replacement(for: name))
      case .run(let run):
        guard let flag = run.flags.first else { continue }
        throw instruction.unsupported(
          "RUN \(flag) is not supported yet", hint: "Write the RUN without the flag.")
      default: continue
      }
    }
  }

  private static func replacement(for name: String) -> String {
    switch name {
    case "COPY": "Write the files in a RUN with a here-document, or fetch them in a RUN."
    case "ADD": "Fetch and unpack the files in a RUN."
    case "VOLUME": "Leave it out: the directory is part of the image then."
    case "STOPSIGNAL": "Leave it out: processes are ended with SIGTERM, then SIGKILL."
    case "HEALTHCHECK": "Leave it out, and check from outside with exec."
    case "ONBUILD": "Put the instruction into the Dockerfile of the image that builds on this one."
    default: "Use LABEL org.opencontainers.image.authors=… instead."
    }
  }
}
