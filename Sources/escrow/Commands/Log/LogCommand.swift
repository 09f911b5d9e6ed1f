import ArgumentParser

struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "The transparency log: public, append-only, checked by anybody.",
    discussion: """
      A log is a directory of static files in the public C2SP formats. Beside LOGDIR, and never in it, lie \
      LOGDIR.keys (private keys), LOGDIR.witness (the local witness) and LOGDIR.monitor (what a monitor saw last).
      """,
    subcommands: [
      LogInitCommand.self, LogKeyCommand.self, LogAppendCommand.self, LogCheckpointCommand.self,
      LogCosignCommand.self, LogProveCommand.self, LogVerifyCommand.self, LogMonitorCommand.self,
      LogUnsealCommand.self, LogStatsCommand.self,
    ])
}
