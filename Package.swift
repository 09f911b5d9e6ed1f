// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "key-escrow",
  products: [
  ],
  dependencies: [
  ],
  targets: [
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
    .target(name: "SecretMemory"),
    .target(name: "LibCrypto", dependencies: ["COpenSSL", "SecretMemory"]),

    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .testTarget(name: "SecretMemoryTests", dependencies: ["SecretMemory"]),
    .testTarget(name: "LibCryptoTests", dependencies: ["LibCrypto", "SecretMemory", "TestSupport"]),
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