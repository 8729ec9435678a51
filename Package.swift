// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// Rooms import downward only: a target may depend on those above it in this list, never on one
// below. ARCHITECTURE.md says what each room holds.
let package = Package(
  name: "prompter",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Prompter", targets: ["Prompter"]),
    .executable(name: "prompter", targets: ["PrompterCLI"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .target(
      name: "CPrompterKernels",
      cSettings: [.headerSearchPath(".")],  // includes name a header's folder
      linkerSettings: [
        .linkedLibrary("dnnl", .when(platforms: [.linux])),
        .linkedLibrary("m", .when(platforms: [.linux])),
        .linkedLibrary("z"),
        .linkedLibrary("zstd", .when(platforms: [.linux])),
        .linkedFramework("Accelerate", .when(platforms: [.macOS])),
      ]),
    .target(name: "PrompterKernels", dependencies: ["CPrompterKernels"]),
    .target(name: "PrompterTensor", dependencies: ["PrompterKernels"]),
    .target(name: "PrompterAutodiff", dependencies: ["PrompterKernels", "PrompterTensor"]),
    .target(
      name: "PrompterNN", dependencies: ["PrompterKernels", "PrompterTensor", "PrompterAutodiff"]),
    .target(name: "PrompterJSON"),
    .target(
      name: "PrompterCheckpoint",
      dependencies: ["PrompterKernels", "PrompterTensor", "PrompterJSON"]),
    .target(name: "PrompterTokenizer", dependencies: ["PrompterJSON"]),
    .target(
      name: "PrompterCore",
      dependencies: ["PrompterKernels", "PrompterTensor", "PrompterAutodiff", "PrompterNN"]),
    .target(
      name: "PrompterModels",
      dependencies: [
        "PrompterKernels", "PrompterTensor", "PrompterAutodiff", "PrompterNN",
        "PrompterCheckpoint", "PrompterCore",
      ]),
    .target(
      name: "PrompterMethods",
      dependencies: [
        "PrompterKernels", "PrompterTensor", "PrompterAutodiff", "PrompterNN", "PrompterCore",
      ]),
    .target(
      name: "PrompterTasks",
      dependencies: [
        "PrompterKernels", "PrompterTensor", "PrompterAutodiff", "PrompterNN", "PrompterJSON",
        "PrompterTokenizer", "PrompterCore",
      ]),
    .target(
      name: "PrompterPrompts",
      dependencies: [
        "PrompterKernels", "PrompterTensor", "PrompterAutodiff", "PrompterNN", "PrompterJSON",
        "PrompterCheckpoint", "PrompterTokenizer", "PrompterCore", "PrompterModels",
        "PrompterMethods", "PrompterTasks",
      ]),
    .target(
      name: "PrompterAnswering",
      dependencies: [
        "PrompterKernels", "PrompterTensor", "PrompterAutodiff", "PrompterNN", "PrompterJSON",
        "PrompterCheckpoint", "PrompterTokenizer", "PrompterCore", "PrompterTasks",
        "PrompterPrompts",
      ]),
    .target(
      name: "PrompterTraining",
      dependencies: [
        "PrompterKernels", "PrompterTensor", "PrompterAutodiff", "PrompterNN",
        "PrompterCheckpoint", "PrompterTokenizer", "PrompterCore", "PrompterMethods",
        "PrompterTasks", "PrompterPrompts", "PrompterAnswering",
      ]),
    .target(
      name: "Prompter",
      dependencies: [
        "PrompterKernels", "PrompterNN", "PrompterCheckpoint", "PrompterTokenizer", "PrompterCore",
        "PrompterMethods", "PrompterTasks", "PrompterPrompts", "PrompterAnswering",
        "PrompterTraining",
      ]),
    .executableTarget(
      name: "PrompterCLI",
      dependencies: [
        "Prompter", "PrompterJSON", "PrompterKernels", "PrompterModels",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
  ]
)

// What tests share, then one test target for each room, which may reach into every room above.
package.targets.append(
  .target(
    name: "PrompterTestSupport",
    dependencies: ["PrompterKernels", "PrompterTensor", "PrompterAutodiff", "PrompterCheckpoint"],
    path: "Tests/PrompterTestSupport"))
let rooms = package.targets.filter {
  ($0.type == .regular || $0.type == .executable)
    && $0.name.hasPrefix("Prompter") && $0.name != "PrompterTestSupport"
}
// Small models and tasks, and prompts that are trained for them: what is trained is tested with the
// whole library at hand.
package.targets.append(
  .target(
    name: "PrompterToySupport",
    dependencies: [
      "PrompterKernels", "PrompterTensor", "PrompterCheckpoint", "PrompterTokenizer",
      "PrompterCore", "PrompterMethods", "PrompterTasks", "PrompterPrompts", "PrompterAnswering",
      "PrompterTraining", "PrompterTestSupport",
    ],
    path: "Tests/PrompterToySupport"))
let roomsWithToys = ["PrompterPrompts", "PrompterAnswering", "PrompterTraining", "Prompter"]
for room in rooms {
  var reachable = room.dependencies.filter { !"\($0)".contains("CPrompterKernels") }
  // Models and methods do not know each other; only tests see both at work.
  if room.name == "PrompterModels" { reachable.append("PrompterMethods") }
  if roomsWithToys.contains(room.name) {
    reachable +=
      room.name == "Prompter" ? ["PrompterToySupport"] : ["Prompter", "PrompterToySupport"]
  }
  package.targets.append(
    .testTarget(
      name: room.name + "Tests",
      dependencies: [.target(name: room.name), "PrompterTestSupport"] + reachable,
      exclude: room.name == "PrompterCLI" ? ["Snapshots"] : []))
}

// The same strict settings everywhere. Warnings are errors only for those who work on this
// package (the Makefile and CI set PROMPTER_STRICT), never for those who depend on it.
let isStrict = Context.environment["PROMPTER_STRICT"] == "1"
for target in package.targets where target.type != .system && target.type != .plugin {
  target.swiftSettings =
    (target.swiftSettings ?? []) + [
      .strictMemorySafety(),  // SE-0458
      .enableUpcomingFeature("ExistentialAny"),  // SE-0335
      .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
      .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
    ]
  if isStrict {
    target.swiftSettings?.append(.treatAllWarnings(as: .error))  // SE-0443, SE-0480
    target.cSettings = (target.cSettings ?? []) + [.treatAllWarnings(as: .error)]
  }
}
