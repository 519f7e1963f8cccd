import GuestProtocol
import Machines
import Testing

@Suite struct ClockOffsetTests {
  @Test func oneAnswerIsInTheMiddleOfItsWay() {
    var offset = ClockOffset()
    #expect(offset.reference == nil && offset.uncertainty == nil)
    offset.note(100, asked: 5_000, answered: 5_020)
    #expect(offset.reference?.realtime(at: 100) == 5_010)
    #expect(offset.uncertainty == 10)
  }

  @Test func answersThatTookLongAgreeOnWhatIsTrue() {
    // The difference is 4,900: one question was slow on the way there, the other on the way back.
    var offset = ClockOffset()
    offset.note(1_000, asked: 5_000, answered: 5_905)
    offset.note(2_000, asked: 6_893, answered: 7_800)
    #expect(offset.uncertainty ?? .max <= 6)
    let error = (offset.reference?.realtime(at: 0) ?? 0) - 4_900
    #expect(abs(error) <= 6)
  }

  @Test func aHostClockThatWasSetStartsAnew() {
    var offset = ClockOffset()
    offset.note(100, asked: 5_000, answered: 5_010)
    offset.note(200, asked: 90_000, answered: 90_020)
    #expect(offset.reference?.realtime(at: 200) == 90_010)
  }
}
