/// What a watched file is for, packed into the number that epoll hands back.
enum Token: Equatable {
  case port
  case children
  /// The poll of all processes' outputs.
  case outputs
  /// A process's descriptor: it has ended.
  case exit(UInt32)
  /// A process's standard input takes bytes again.
  case input(UInt32)

  init?(rawValue: UInt64) {
    let process = UInt32(truncatingIfNeeded: rawValue)
    switch rawValue >> 32 {
    case 1: self = .port
    case 2: self = .children
    case 3: self = .outputs
    case 4: self = .exit(process)
    case 5: self = .input(process)
    default: return nil
    }
  }

  var rawValue: UInt64 {
    switch self {
    case .port: 1 << 32
    case .children: 2 << 32
    case .outputs: 3 << 32
    case .exit(let process): 4 << 32 | UInt64(process)
    case .input(let process): 5 << 32 | UInt64(process)
    }
  }
}
