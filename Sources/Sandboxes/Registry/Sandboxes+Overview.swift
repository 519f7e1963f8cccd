import Store

extension Sandboxes {
  /// How the sandboxes stand, newest first.
  ///
  /// - Parameters:
  ///   - includeFinished: Whether finished ones count too.
  ///   - limit: The newest so many.
  public func overview(
    includeFinished: Bool = false, limit: Int = 1000
  ) async throws -> [SandboxOverview] {
    let rows = try await store.sandboxes(
      SandboxQuery(includeFinished: includeFinished, limit: limit))
    let totals = try await store.usageTotals(sandboxIDs: rows.map(\.id))
    var overviews: [SandboxOverview] = []
    for row in rows {
      overviews.append(try await overview(row, total: totals[row.id].map(UsageAmount.init)))
    }
    return overviews
  }

  private func overview(_ row: SandboxRow, total: UsageAmount?) async throws -> SandboxOverview {
    let info = try SandboxInfo(row)
    let sandbox = running[row.id]
    let snapshot = await context.usage.snapshot(row.id)
    let trace = try sandbox?.recorder.trace ?? row.createTrace
    let resources = SandboxResources(info.specification, limits: context.limits)
    let asked = info.specification.milliCPU
    return SandboxOverview(
      info: info,
      state: await sandbox?.overviewState ?? (info.result == nil ? .stopping : .finished),
      milliCPU: asked == 0 ? context.limits.defaultMilliCPU : asked,
      memoryMiB: Int64(resources.memoryMiB), path: trace?.path, coresInUse: snapshot?.coresInUse,
      guestMemoryBytes: snapshot?.memoryBytes, hostMemoryBytes: snapshot?.hostMemoryBytes,
      cost: (snapshot?.total ?? total).map { amount in
        UsageCost(
          billedCoreSeconds: amount.billedCoreSeconds, billedGiBSeconds: amount.billedGiBSeconds,
          rates: context.usage.options.rates)
      })
  }
}

extension SandboxRow {
  /// The trace of its creation, where one was recorded.
  fileprivate var createTrace: CreateTrace? {
    get throws { try trace.map { try JSONText.decode(CreateTrace.self, from: $0) } }
  }
}

extension Sandbox {
  /// Its state without what belongs to it.
  fileprivate var overviewState: SandboxOverview.State {
    switch state {
    case .requested: .requested
    case .starting: .starting
    case .running: .running
    case .stopping: .stopping
    case .finished: .finished
    }
  }
}
