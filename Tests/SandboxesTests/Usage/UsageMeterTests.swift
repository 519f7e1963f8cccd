import Sandboxes
import Testing

/// What is billed: of each stretch the greater of requested and used.
@Suite struct UsageMeterTests {
  private let basis = BillingBasis(requestedCores: 0.5, requestedGiB: 1)

  @Test func theRequestIsBilledWhereLessIsUsed() {
    var meter = UsageMeter(basis: basis)
    for second in 1...4 {
      meter.read(elapsed: Double(second), processorSeconds: 0.25 * Double(second))
    }
    #expect(
      meter.total
        == UsageAmount(seconds: 4, coreSeconds: 1, billedCoreSeconds: 2, billedGiBSeconds: 4))
    #expect(meter.coresInUse == 0.25)
  }

  @Test func useIsBilledWhereItIsMore() {
    var meter = UsageMeter(basis: basis)
    meter.note(memoryBytes: 3 << 30)
    meter.read(elapsed: 2, processorSeconds: 3)
    #expect(
      meter.total
        == UsageAmount(seconds: 2, coreSeconds: 3, billedCoreSeconds: 3, billedGiBSeconds: 6))
  }

  /// A burst is billed although the mean stays below the request.
  @Test func eachStretchIsBilledByItself() {
    var meter = UsageMeter(basis: basis)
    meter.read(elapsed: 1, processorSeconds: 1)
    meter.read(elapsed: 2, processorSeconds: 1)
    #expect(meter.total.coreSeconds == 1)
    #expect(meter.total.billedCoreSeconds == 1.5)
  }

  @Test func threadsOfACoreShareIt() {
    var meter = UsageMeter(
      basis: BillingBasis(requestedCores: 0.5, requestedGiB: 1, threadsPerCore: 2))
    meter.read(elapsed: 2, processorSeconds: 4)
    #expect(meter.total.coreSeconds == 2)
    #expect(meter.total.billedCoreSeconds == 2)
  }

  @Test func aPartOfASecondCountsAsSuch() {
    var meter = UsageMeter(basis: basis)
    meter.read(elapsed: 1, processorSeconds: 0)
    meter.read(elapsed: 1.25, processorSeconds: 0.0625)
    #expect(
      meter.total
        == UsageAmount(
          seconds: 1.25, coreSeconds: 0.0625, billedCoreSeconds: 0.625, billedGiBSeconds: 1.25))
  }

  @Test func aCounterThatStepsBackTakesNothingAway() {
    var meter = UsageMeter(basis: basis)
    meter.read(elapsed: 1, processorSeconds: 1)
    meter.read(elapsed: 2, processorSeconds: 0.9)
    meter.read(elapsed: 3, processorSeconds: 1.1)
    #expect(abs(meter.total.coreSeconds - 1.1) < 1e-12)
    #expect(meter.total.seconds == 3)
  }

  @Test func intervalsAddUpToTheTotal() {
    var meter = UsageMeter(basis: basis)
    var nothing = meter.closeInterval()
    #expect(nothing == nil)
    meter.read(elapsed: 10, processorSeconds: 8)
    let first = meter.closeInterval()
    meter.read(elapsed: 11, processorSeconds: 8)
    let second = meter.closeInterval()
    #expect(first?.billedCoreSeconds == 8 && second?.billedCoreSeconds == 0.5)
    nothing = meter.closeInterval()
    #expect(nothing == nil)
    #expect(meter.total.billedCoreSeconds == 8.5)
  }

  @Test func anAnswerThatDoesNotComeLeavesTheLast() {
    var meter = UsageMeter(basis: basis)
    meter.note(memoryBytes: 7)
    meter.note(memoryBytes: nil)
    #expect(meter.memoryBytes == 7)
  }

  @Test func theBasisIsTheRequestOrTheDefault() {
    let limits = SandboxLimits(
      host: HostResources(memoryMiB: 4096, processors: 4, physicalCores: 2))
    let asked = BillingBasis(
      .sample {
        $0.milliCPU = 1500
        $0.memoryMiB = 512
      }, limits: limits)
    #expect(
      asked == BillingBasis(requestedCores: 1.5, requestedGiB: 0.5, threadsPerCore: 2))
    let usual = BillingBasis(.sample(), limits: limits)
    #expect(usual == BillingBasis(requestedCores: 0.125, requestedGiB: 1, threadsPerCore: 2))
  }
}
