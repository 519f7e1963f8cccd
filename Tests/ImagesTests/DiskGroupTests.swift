import Images
import Store
import Testing

@Suite struct DiskGroupTests {
  private func layers(_ mebibytes: [Int64], first: Int = 0) -> [BaseImageRow.Layer] {
    mebibytes.enumerated().map { index, size in
      .init(
        digest: "sha256:b\(first + index)", diffID: "sha256:d\(first + index)", size: size << 20)
    }
  }

  private func sizes(_ mebibytes: [Int64]) -> [Int] {
    DiskGroup.groups(of: layers(mebibytes)).map(\.layers.count)
  }

  @Test func smallLayersShareADisk() {
    #expect(sizes([1, 2, 3, 4]) == [4])
    #expect(sizes([]) == [])
    #expect(sizes([5000]) == [1])
  }

  @Test func theirNumberGrowsWithTheLogarithmOfTheSize() {
    #expect(sizes([16, 64, 256, 1024, 1]) == [1, 1, 1, 1, 1])
    let many = DiskGroup.groups(of: layers(Array(repeating: 100, count: 100)))
    #expect(many.count == 6 && many.map(\.layers.count).reduce(0, +) == 100)
    #expect(DiskGroup.groups(of: layers(Array(repeating: 1, count: 20))).count == 2)
  }

  @Test func imagesWithTheSameLowerLayersShareTheirDisks() {
    let one = DiskGroup.groups(of: layers([10, 10, 100, 5]))
    let other = DiskGroup.groups(of: layers([10, 10, 100, 9, 9]))
    #expect(one[0] == other[0] && one[1] == other[1])
    #expect(one[2].chainID != other[2].chainID)
  }

  /// OCI image specification, "Layer ChainID"; computed with sha256sum.
  @Test func aChainIsNamedByAllOfItsLayers() {
    let groups = DiskGroup.groups(of: layers([1, 1]))
    #expect(
      groups.map(\.chainID) == [
        "sha256:d34191e9a7b70ed5256e17b26351cf60e57c912cec592f97cd3c31f3af0f1989"
      ])
    #expect(DiskGroup.groups(of: layers([1])).map(\.chainID) == ["sha256:d0"])
  }
}
