import Testing

/// Everything that starts real machines, one test after another: machines that take each other's
/// processors make what is measured of them worth nothing.
@Suite(.serialized) enum VirtualMachineTests {}
