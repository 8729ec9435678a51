// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// A thousand prompts in one predictor, and many of them asked about one text.
let package = Package(
  name: "Residents",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "prompter", path: "../..")],
  targets: [
    .executableTarget(
      name: "Residents", dependencies: [.product(name: "Prompter", package: "prompter")])
  ])
