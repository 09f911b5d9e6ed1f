import Foundation
import PackagePlugin

/// Writes, before every build, the commit that is being built into a Swift file of the target.
///
/// The manifest could ask `Context.gitInformation`, but its answers are cached: after a new commit they are old.
@main
struct NameCommit: BuildToolPlugin {
  // The file is only touched when its content changes, so that nothing is compiled in vain. A folder that is no
  // checkout of its own, or a machine without git, gives "unknown".
  private static let script = """
    set -eu
    commit=unknown
    [ ! -e "$1/.git" ] || commit=$(git -C "$1" rev-parse --verify --quiet HEAD 2>/dev/null) || commit=unknown
    text="let buildCommit = \\"$commit\\""
    [ "$(cat "$2/BuildCommit.swift" 2>/dev/null)" = "$text" ] || printf '%s\\n' "$text" > "$2/BuildCommit.swift"
    """

  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let output = context.pluginWorkDirectoryURL.appendingPathComponent("Commit", isDirectory: true)
    try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
    return [
      .prebuildCommand(
        displayName: "Naming the commit", executable: URL(fileURLWithPath: "/bin/sh"),
        arguments: ["-c", Self.script, "sh", context.package.directoryURL.path, output.path],
        outputFilesDirectory: output)
    ]
  }
}
