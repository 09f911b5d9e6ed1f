import ArgumentParser

/// The root of the tool.
@main
struct Escrow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "escrow",
    abstract: "Key escrow that no single party can open, and none without a judge.",
    discussion: """
      Exit codes: 0 done, 1 internal failure, 3 refused by a policy or warrant, 4 quorum not reached yet, \
      5 verification failed, 6 key unavailable, 64 usage, 130 interrupted.
      """,
    version: Build.text,
    subcommands: [
      DemoCommand.self,
      PolicyCommand.self,
      HolderCommand.self,
      RosterCommand.self,
      CeremonyCommand.self,
      DrillCommand.self,
      DepositorCommand.self,
      DepositCommand.self,
      WarrantCommand.self,
      ExtractCommand.self,
      ReleaseCommand.self,
      RefuseCommand.self,
      RecoverCommand.self,
      StatusCommand.self,
      LogCommand.self,
      ReceiptCommand.self,
      StoreCommand.self,
      BackupCommand.self,
      QRCommand.self,
      DoctorCommand.self,
    ])

  /// Runs the command that the arguments name, and ends with its exit code.
  static func main() {
    Interruption.install()
    do {
      var command = try parseAsRoot()
      do {
        try command.run()
      } catch  where !isOfParser(error) {
        end(with: Failure(error))
      }
      Terminal.warnOfRosters()
      Terminal.warnOfUnlockedMemory()
    } catch {
      end(withParserError: error)
    }
  }

  // Some requests for help, and a group of commands without a verb, show only when they are run.
  private static func isOfParser(_ error: any Error) -> Bool {
    error is ExitCode || [.success, .validationFailure].contains(exitCode(for: error))
  }

  private static func end(with failure: Failure) -> Never {
    if let sentence = failure.sentence { Terminal.note(sentence) }
    exit(withError: ExitCode(failure.status.rawValue))
  }

  // Help and versions go to standard output whole; arguments that cannot be read are one line, like every error.
  private static func end(withParserError error: any Error) -> Never {
    guard exitCode(for: error) != .success, !(error is ExitCode) else { exit(withError: error) }
    let line = message(for: error).split(whereSeparator: \.isNewline).joined(separator: " ")
    end(with: .usage("\(line) (see `escrow --help`)"))
  }
}
