import ArgumentParser

/// `--json`.
struct ReportOptions: ParsableArguments {
  @Flag(help: "Report as one JSON object.")
  var json = false
}
