/// The numbers that sandboxes are held to.
public struct SandboxLimits: Sendable {
  /// What the host has.
  public var host: HostResources
  /// Memory of a sandbox that asks for none, in MiB.
  public var defaultMemoryMiB: Int64 = 1024
  /// The least memory that a machine boots with, in MiB.
  public var minimumMemoryMiB: Int64 = 128
  /// CPU request of a sandbox that asks for none, in thousandths of a physical core.
  public var defaultMilliCPU: Int64 = 125
  /// The longest life that can be asked for; the SDK's own limit.
  public var maximumTimeoutSeconds: Int64 = 24 * 60 * 60
  /// All arguments of a sandbox together; the SDK's own limit.
  public var maximumArgumentBytes = 64 * 1024
  /// How many finished execs of a sandbox keep their record whatever their age.
  public var retainedExecs = 1000
  /// How long every finished exec keeps its record.
  public var execRetention: Duration = .seconds(600)
  /// How long an exec's wait holds its answer for output that nobody has read: a client that sees
  /// the exit first may leave before it has printed anything.
  public var unreadOutputGrace: Duration = .milliseconds(100)
  /// How long output that a background process holds open is waited for after the entrypoint has
  /// exited, each time that more has come.
  public var drainGrace: Duration = .milliseconds(500)
  /// How long one attempt of a readiness probe's command may take.
  public var probeTimeout: Duration = .seconds(10)
  /// How often it is waited for.
  public var drainRounds = 20
  /// How many bytes of an exec's output may wait for whoever reads it and has come furthest; nothing
  /// holds an exec back that nobody reads.
  public var execReadAhead: Int64 = 32 << 20
  /// How output is kept and read.
  public var spool = SpoolOptions()

  /// The limits of a host.
  public init(host: HostResources) {
    self.host = host
  }
}
