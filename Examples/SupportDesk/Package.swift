// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
// Examples/SupportDesk/Package.swift
import PackageDescription

let package = Package(
  name: "support-desk",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "prompter", path: "../..")],
  targets: [
    .executableTarget(
      name: "SupportDesk", dependencies: [.product(name: "Prompter", package: "prompter")])
  ])
