import Errors
import Testing

@Suite struct SandlotErrorTests {
  @Test func readsAsMessageAndHint() {
    let error = SandlotError(.notFound, "Image im-1 does not exist.", hint: "List images first.")
    #expect(error.description == "Image im-1 does not exist. List images first.")
    #expect(SandlotError(.notFound, "Gone.").description == "Gone.")
  }
}
