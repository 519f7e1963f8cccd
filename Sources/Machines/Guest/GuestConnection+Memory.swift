import GuestProtocol

extension GuestConnection {
  /// What the guest's memory is used for, in bytes; nil where it does not answer.
  func memoryInUse() async -> Int64? {
    guard
      case .memory(let total, let available)? = try? await request(.readMemory, limit: .seconds(2))
    else { return nil }
    return Int64(clamping: total) - Int64(clamping: min(available, total))
  }
}
