import Errors
import Foundation
import GuestProtocol
import Machines
import Store

/// The course of a life: one task drives it, and whatever happens first ends it.
extension Sandbox {
  /// Starts the sandbox, waits for its end, frees everything, and writes the result down.
  func run() async -> SandboxResult {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.live() }
      _ = try? await ending.value()
      group.cancelAll()
      await machine?.stop()
    }
    return await release()
  }

  /// Returns when the sandbox ends: each way out is an event.
  private func live() async {
    guard handle(.startBegan) else { return }
    await context.images.hold(layers, for: id)
    let machine: any Machine
    recorder.lap("wait")
    do {
      machine = try await context.launcher.launch(try await request())
      recorder.launched(machine.launch)
    } catch {
      let failure = SandlotError(about: error).description
      recorder.lap("launch", failure: failure)
      handle(.startFailed(failure))
      return
    }
    guard endError == nil else {
      await machine.stop()
      return
    }
    self.machine = machine
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        let end = await machine.waitUntilStopped()
        await self.handle(.machineEnded(end))
      }
      group.addTask { await self.work(in: machine) }
    }
  }

  private func request() async throws -> MachineRequest {
    var request = MachineRequest(
      id: id, memoryMiB: resources.memoryMiB, virtualCPUs: resources.virtualCPUs,
      layers: template.image.layers, hostname: id.lowercased(),
      network: specification.network == .blocked ? .blocked : .outbound)
    request.processorShare = resources.processorShare
    if !specification.mountIDs.isEmpty {
      request.files = .archive(try await context.files.archive(ofMounts: specification.mountIDs))
      request.deliversFiles = true
      recorder.lap("files")
    }
    return request
  }

  private var billingBasis: BillingBasis {
    BillingBasis(specification, limits: context.limits)
  }

  /// The entrypoint is started before anyone is told that the sandbox runs.
  private func work(in machine: any Machine) async {
    if let command = template.entrypoint {
      do {
        try await startEntrypoint(command, in: machine)
        recorder.lap("entrypoint")
      } catch {
        let error = SandlotError(about: error)
        recorder.lap("entrypoint", failure: error.description)
        handle(.startFailed("The entrypoint cannot be started: \(error)"))
        return
      }
    }
    guard handle(.started) else { return }
    await context.usage.begin(id, machine: machine, basis: billingBasis)
    await recordStart()
    recorder.lap("record")
    recorder.ready()
    sayStarted()
    machineUp.fulfil(.success(machine))
    touch()
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.expire() }
      group.addTask { await self.watchEntrypoint() }
      group.addTask { await self.probeReadiness(in: machine) }
    }
  }

  private func startEntrypoint(_ command: MachineCommand, in machine: any Machine) async throws {
    let exec = Exec(
      id: "entrypoint", command: command, output: output, keepsOutput: true, context: context)
    let isUp = Promise<Result<any Machine, SandlotError>>()
    isUp.fulfil(.success(machine))
    entrypointTask = Task { await exec.run(in: isUp) }
    _ = try await exec.started.value().get()
    entrypoint = exec
  }

  private func watchEntrypoint() async {
    guard let entrypoint, let status = try? await entrypoint.exit.value().get() else { return }
    await entrypoint.drain()
    handle(.entrypointExited(status))
  }

  /// The time-out counts from here, not from the request: a boot that takes long on a slow host
  /// does not eat up the user's time. How long a start may take is the machine's own limit.
  private func expire() async {
    let seconds = specification.timeoutSeconds
    guard (try? await context.clock.sleep(for: .seconds(seconds))) != nil else { return }
    handle(.timedOut(seconds: seconds))
  }

  private func recordStart() async {
    do {
      try await store.markSandboxRunning(
        id: id, at: context.now(), trace: try JSONText.encode(recorder.trace))
    } catch {
      logger.error("a start cannot be recorded", metadata: ["error": "\(error)"])
    }
  }
}
