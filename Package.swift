// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "key-escrow",
  products: [
    .library(name: "SecretSharing", targets: ["SecretSharing"]),
    // The values in these interfaces are LibCrypto's and SecretMemory's, so the products let users name them.
    .library(name: "TransparencyLog", targets: ["TransparencyLog", "LibCrypto", "SecretMemory"]),
    .library(name: "KeyEscrow", targets: ["KeyEscrow", "LibCrypto", "SecretMemory"]),
    .library(name: "EscrowStore", targets: ["EscrowStore"]),
    .executable(name: "escrow", targets: ["escrow"]),
  ],
  dependencies: [
    // The tool's flags, help and completion scripts.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // SQLite with WAL, prepared statements and typed errors, for the default store.
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    // The plan of a ceremony is YAML, which people write by hand; libyaml's marks give every fault its line.
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .target(name: "CGaloisField"),
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
    // The modules of a QR code: what crosses between machines that share no network.
    .systemLibrary(
      name: "CQREncode", pkgConfig: "libqrencode",
      providers: [.apt(["libqrencode-dev"]), .brew(["qrencode"])]),
    // Writes such a code as a picture.
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
    .target(name: "SecretMemory"),
    .target(name: "LibCrypto", dependencies: ["COpenSSL", "SecretMemory"]),
    .target(name: "SecretSharing", dependencies: ["CGaloisField", "LibCrypto", "SecretMemory"]),
    // Words for bytes: SLIP-39 and the PGP word list. Beside TransparencyLog and below KeyEscrow, because it is
    // mathematics on bytes that knows no holder and no document.
    .target(name: "Mnemonics", dependencies: ["LibCrypto", "SecretMemory", "SecretSharing"]),
    .target(name: "QRCode", dependencies: ["CPNG", "CQREncode", "SecretMemory"]),
    .target(name: "TransparencyLog", dependencies: ["LibCrypto", "SecretMemory"]),
    .target(
      name: "KeyEscrow", dependencies: ["LibCrypto", "SecretMemory", "SecretSharing", "TransparencyLog"]),
    // The plan of a ceremony as people write it; the only reader of YAML.
    .target(
      name: "CeremonyPlans",
      dependencies: [
        "KeyEscrow", "LibCrypto", "SecretSharing", "TransparencyLog", .product(name: "Yams", package: "Yams"),
      ]),
    .target(
      name: "EscrowStore",
      dependencies: [
        "KeyEscrow", "LibCrypto", "TransparencyLog",
        .product(name: "GRDB", package: "GRDB.swift"),
        // SQLite's own functions, for the one statement that runs once per record.
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ]),
    .executableTarget(
      name: "escrow",
      dependencies: [
        "CeremonyPlans", "EscrowStore", "KeyEscrow", "LibCrypto", "Mnemonics", "QRCode", "SecretMemory",
        "SecretSharing", "TransparencyLog",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      // In the binary itself: it runs from any folder, alone.
      resources: [.embedInCode("Demo/mls-key-schedule.json")],
      plugins: ["NameCommit"]),
    // What `escrow --version` names.
    .plugin(name: "NameCommit", capability: .buildTool()),

    .target(name: "TestSupport", path: "Tests/TestSupport"),
    // Millions of kernel cases, in C so that debug builds stay quick.
    .target(name: "CTestSupport", dependencies: ["CGaloisField"], path: "Tests/CTestSupport"),
    .testTarget(name: "SecretMemoryTests", dependencies: ["SecretMemory"]),
    .testTarget(name: "LibCryptoTests", dependencies: ["LibCrypto", "SecretMemory", "TestSupport"]),
    .testTarget(
      name: "SecretSharingTests",
      dependencies: [
        "CGaloisField", "CTestSupport", "LibCrypto", "SecretMemory", "SecretSharing", "TestSupport",
      ]),
    .testTarget(
      name: "MnemonicsTests",
      dependencies: ["LibCrypto", "Mnemonics", "SecretMemory", "SecretSharing", "TestSupport"]),
    .testTarget(name: "QRCodeTests", dependencies: ["CPNG", "QRCode", "SecretMemory"]),
    // Writes to a log until the tests kill it.
    .executableTarget(
      name: "log-crash-helper", dependencies: ["LibCrypto", "TransparencyLog"], path: "Tests/LogCrashHelper"),
    .testTarget(
      name: "TransparencyLogTests",
      dependencies: ["LibCrypto", "SecretMemory", "TestSupport", "TransparencyLog", "log-crash-helper"]),
    // The operations of Spec/vectors, for the tests and for the process that the reference implementation questions.
    .target(
      name: "SpecCases",
      dependencies: [
        "KeyEscrow", "LibCrypto", "SecretMemory", "SecretSharing", "TestSupport", "TransparencyLog",
      ],
      path: "Tests/SpecCases"),
    .executableTarget(name: "crosscheck-helper", dependencies: ["SpecCases"], path: "Tests/CrosscheckHelper"),
    .testTarget(
      name: "KeyEscrowTests",
      dependencies: [
        "KeyEscrow", "LibCrypto", "SecretMemory", "SecretSharing", "SpecCases", "TestSupport",
        "TransparencyLog", "crosscheck-helper",
      ]),
    .testTarget(
      name: "EscrowStoreTests",
      dependencies: [
        "EscrowStore", "KeyEscrow", "LibCrypto", "SecretMemory", "SecretSharing", "StoreTestSupport",
        "TransparencyLog", "store-crash-helper", .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    // Rosters, depositors and folders for the tests of the store and for the process that they kill.
    .target(
      name: "StoreTestSupport",
      dependencies: ["KeyEscrow", "LibCrypto", "SecretMemory", "SecretSharing"],
      path: "Tests/StoreTestSupport"),
    .executableTarget(
      name: "store-crash-helper",
      dependencies: ["EscrowStore", "KeyEscrow", "LibCrypto", "StoreTestSupport"],
      path: "Tests/StoreCrashHelper"),
    // A roster, a store in memory and the whole way from a key to its recovery, for the checks that drive it.
    .target(
      name: "FlowSupport",
      dependencies: ["KeyEscrow", "LibCrypto", "SecretMemory", "SecretSharing", "TransparencyLog"],
      path: "Tests/FlowSupport"),
    // Says at libcrypto's wall what is secret and what is public, for memcheck.
    .target(name: "CSecrecyMarks", path: "Tests/CSecrecyMarks"),
    // Runs that way under valgrind: Scripts/memcheck.
    .executableTarget(
      name: "secrecy-check",
      dependencies: [
        "CSecrecyMarks", "FlowSupport", "KeyEscrow", "LibCrypto", "SecretMemory", "SecretSharing",
      ],
      path: "Tests/SecrecyCheck", exclude: ["public.supp"]),
    // What is fed with hostile bytes, by the tests and by the fuzzers.
    .target(
      name: "FuzzTargets",
      dependencies: [
        "CeremonyPlans", "FlowSupport", "KeyEscrow", "LibCrypto", "Mnemonics", "SecretMemory",
        "SecretSharing", "TransparencyLog",
      ],
      path: "Tests/FuzzTargets"),
    .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"]),
    // Runs them under libFuzzer: Scripts/fuzz.
    .target(name: "CFuzzDriver", path: "Tests/CFuzzDriver"),
    .executableTarget(name: "fuzz", dependencies: ["CFuzzDriver", "FuzzTargets"], path: "Tests/Fuzz"),
    // Runs the same way with one call of the system after another failing.
    .target(name: "CFaults", dependencies: ["CGaloisField"], path: "Tests/CFaults"),
    .executableTarget(
      name: "fault-helper",
      dependencies: [
        "CFaults", "FlowSupport", "KeyEscrow", "LibCrypto", "SecretMemory", "SecretSharing",
        "TransparencyLog",
      ],
      path: "Tests/FaultHelper"),
    .testTarget(
      name: "FaultTests",
      dependencies: [
        "FlowSupport", "KeyEscrow", "LibCrypto", "SecretMemory", "SecretSharing", "fault-helper",
      ]),
    // Starts the tool under a pseudo-terminal, which Swift cannot do without fork.
    .target(name: "CPseudoTerminal", path: "Tests/CPseudoTerminal"),
    .testTarget(
      name: "ToolTests",
      dependencies: [
        "CPseudoTerminal", "EscrowStore", "KeyEscrow", "LibCrypto", "SecretSharing", "TestSupport",
        "TransparencyLog", "escrow",
      ]),
  ],
  swiftLanguageModes: [.v6]
)

let settled: [Target.TargetType] = [.system, .plugin]
for target in package.targets where !settled.contains(target.type) && !target.name.hasPrefix("C") {
  var settings = target.swiftSettings ?? []
  settings += [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
  ]
  target.swiftSettings = settings
}
