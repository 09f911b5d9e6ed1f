// swift-tools-version: 6.2
import PackageDescription

// A user of the libraries, built by Scripts/scratch-package beside a copy of the checkout.
let package = Package(
  name: "scratch",
  dependencies: [
    // The name, since the folder's would otherwise be the package's identity.
    .package(name: "key-escrow", path: "../a-folder-of-another-name")
  ],
  targets: [
    .executableTarget(
      name: "scratch",
      dependencies: [
        .product(name: "SecretSharing", package: "key-escrow"),
        .product(name: "TransparencyLog", package: "key-escrow"),
        .product(name: "KeyEscrow", package: "key-escrow"),
        .product(name: "EscrowStore", package: "key-escrow"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
