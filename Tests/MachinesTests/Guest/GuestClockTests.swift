import GuestProtocol
import Machines
import Testing

@Suite struct GuestClockTests {
  @Test func whatAMachineIsPausedForDoesNotCount() {
    var clock = GuestClock(ClockReference(monotonic: 100, realtime: 5_000))
    clock.stop(at: 5_300)
    #expect(clock.reference == nil)
    clock.resume(at: 9_000)
    #expect(clock.reference == ClockReference(monotonic: 400, realtime: 9_000))
    // 50 later on the guest's clock is 50 later in the world.
    #expect(clock.reference?.realtime(at: 450) == 9_050)
  }

  @Test func stoppingOrGoingOnTwiceChangesNothing() {
    var clock = GuestClock(ClockReference(monotonic: 0, realtime: 10))
    clock.resume(at: 99)
    #expect(clock.reference?.realtime == 10)
    clock.stop(at: 30)
    clock.stop(at: 70)
    clock.resume(at: 100)
    #expect(clock.reference == ClockReference(monotonic: 20, realtime: 100))
  }
}
