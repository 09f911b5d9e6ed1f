// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Benchmarks",
  dependencies: [
    // What is measured. Named, because the folder of a clone may have any name.
    .package(name: "key-escrow", path: ".."),
    // The harness: a process of its own for each benchmark, and percentiles of what it measured. Without its trait, which
    // counts allocations by means of another allocator.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    // Intel's erasure coding: matrix times columns over GF(2^8), as our kernels compute it.
    .systemLibrary(
      name: "CISAL", path: "Peers/CISAL", pkgConfig: "libisal", providers: [.apt(["libisal-dev"])]),
    // Two libraries that share secrets.
    .systemLibrary(
      name: "CGFShare", path: "Peers/CGFShare", pkgConfig: "libgfshare", providers: [.apt(["libgfshare-dev"])]
    ),
    .systemLibrary(
      name: "CBotan", path: "Peers/CBotan", pkgConfig: "botan-2", providers: [.apt(["libbotan-2-dev"])]),
    .target(name: "CBotanSharing", dependencies: ["CBotan"], path: "Peers/CBotanSharing"),
    // libcrypto without us: the least that the work can cost.
    .systemLibrary(
      name: "CLibCrypto", path: "Peers/CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(name: "CFloor", dependencies: ["CLibCrypto"], path: "Peers/CFloor"),
    .executableTarget(
      name: "EscrowBenchmarks",
      dependencies: [
        "CBotanSharing", "CFloor", "CGFShare", "CISAL",
        .product(name: "Benchmark", package: "benchmark"),
        .product(name: "EscrowStore", package: "key-escrow"),
        .product(name: "KeyEscrow", package: "key-escrow"),
        .product(name: "SecretSharing", package: "key-escrow"),
      ],
      path: "Benchmarks/EscrowBenchmarks",
      swiftSettings: [.treatAllWarnings(as: .error)],
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
  ],
  swiftLanguageModes: [.v6]
)
