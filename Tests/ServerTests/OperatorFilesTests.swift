import Errors
import Server
import Settings
import Testing

@Suite struct GuestCertificatesTests {
  private static let certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"

  @Test func filesAreJoinedLineByLine() throws {
    let folder = try Folder()
    let first = try folder.write(Self.certificate, to: "first.pem")
    let second = try folder.write(Self.certificate + "\n", to: "second.pem")
    let bundle = String(decoding: try GuestCertificates.load([first, second]), as: UTF8.self)
    #expect(bundle == Self.certificate + "\n" + Self.certificate + "\n")
    #expect(try GuestCertificates.load([]).isEmpty)
  }

  @Test func aFileThatIsNoneIsNamed() throws {
    let folder = try Folder()
    let text = try folder.write("hello", to: "notes.txt")
    for (path, word) in [(text, "holds no PEM"), (folder.path + "/none.pem", "cannot be read")] {
      let error = #expect(throws: SandlotError.self) { try GuestCertificates.load([path]) }
      #expect(error?.code == .invalidArgument)
      #expect(error?.message.contains(path) == true && error?.message.contains(word) == true)
    }
  }
}

@Suite struct ClientEnvironmentTests {
  private let url = "http://127.0.0.1:4600"

  private func values(_ environment: ClientEnvironment) -> [String: String] {
    let pairs = environment.shellLines.split(separator: "\n").map { line in
      line.dropFirst("export ".count).split(separator: "=", maxSplits: 1).map(String.init)
    }
    return Dictionary(pairs.map { ($0[0], $0[1]) }, uniquingKeysWith: { $1 })
  }

  @Test(arguments: [
    ("as-mine", "as-mine"), ("as-$(id);#", "'as-$(id);#'"), ("as-it's", #"'as-it'\''s'"#),
  ])
  func theOperatorsTokensArePrintedAsOneWord(secret: String, word: String) throws {
    let folder = try Folder()
    let settings = try Settings(
      sources: [
        .environment(["SANDLOT_TOKEN_ID": "ak-mine", "SANDLOT_TOKEN_SECRET": secret])
      ], defaults: .init(dataDirectory: folder.path + "/data", guestCertificates: []))
    #expect(
      try ClientEnvironment(settings: settings, url: url).shellLines == """
        export MODAL_SERVER_URL=http://127.0.0.1:4600
        export MODAL_TOKEN_ID=ak-mine
        export MODAL_TOKEN_SECRET=\(word)
        """)
  }

  @Test func tokensAreMadeOnceAndKept() throws {
    let folder = try Folder()
    _ = try folder.dataDirectory()
    let first = values(try ClientEnvironment(settings: folder.settings(), url: url))
    #expect(first["MODAL_TOKEN_ID"]?.hasPrefix("ak-") == true)
    #expect(first["MODAL_TOKEN_SECRET"]?.hasPrefix("as-") == true)
    #expect(values(try ClientEnvironment(settings: folder.settings(), url: url)) == first)
  }
}
