import SystemPackage

/// The descriptors that a QEMU process inherits, and their numbers there.
package struct InheritedDescriptors: Sendable {
  /// In the order of their numbers in the child.
  package private(set) var descriptors: [FileDescriptor] = []

  /// None yet.
  package init() {}

  /// Adds one and returns the number that the child knows it by.
  package mutating func add(_ descriptor: FileDescriptor) -> Int32 {
    descriptors.append(descriptor)
    return ChildProcess.firstDescriptor + Int32(descriptors.count - 1)
  }
}
