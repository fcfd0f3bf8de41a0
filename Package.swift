// swift-tools-version: 6.2
import PackageDescription

// Every target is a room of ARCHITECTURE.md. A room names the rooms below it and nothing else.

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .enableUpcomingFeature("ImmutableWeakCaptures"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

// Kernels are compiled for AVX2 and FMA (x86-64-v3, 2013 and later); Swift's default is SSE2.
#if arch(x86_64)
let vectorised: [SwiftSetting] = [.unsafeFlags(["-Xcc", "-march=x86-64-v3"])]
#else
let vectorised: [SwiftSetting] = []
#endif

func room(
  _ group: String,
  _ name: String,
  _ rooms: [String] = [],
  products: [Target.Dependency] = [],
  settings: [SwiftSetting] = []
) -> Target {
  .target(
    name: name,
    dependencies: rooms.map { .byName(name: $0) } + products,
    path: "Sources/\(group)/\(name)",
    swiftSettings: strict + settings
  )
}

func tests(_ name: String, _ rooms: [String], products: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: name,
    dependencies: rooms.map { .byName(name: $0) } + products,
    path: "Tests/\(name)",
    swiftSettings: strict
  )
}

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let compression = Target.Dependency.product(
  name: "NIOHTTPCompression",
  package: "swift-nio-extras"
)
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(
  name: "NIOHTTPTypes",
  package: "swift-nio-extras"
)
let nioHTTPTypesCodec = Target.Dependency.product(
  name: "NIOHTTPTypesHTTP1",
  package: "swift-nio-extras"
)
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let lifecycle = Target.Dependency.product(
  name: "ServiceLifecycle",
  package: "swift-service-lifecycle"
)
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let arguments = Target.Dependency.product(
  name: "ArgumentParser",
  package: "swift-argument-parser"
)

let package = Package(
  name: "tunix-rt",
  platforms: [.macOS(.v26)],
  products: [.executable(name: "tunix-rt", targets: ["tunix-rt"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
  ],
  targets: [
    // Ground
    room("Ground", "Files", ["Foundations"], products: [crypto]),

    // Domain
    room("Domain", "Foundations", products: [crypto]),
    room("Domain", "Access", ["Foundations"]),
    room("Domain", "Traces", ["Foundations"]),
    room("Domain", "Rendering", ["Foundations", "Traces"]),
    room("Domain", "Datasets", ["Foundations", "Traces"]),
    room("Domain", "Judging", ["Foundations"]),
    room("Domain", "Evaluation", ["Foundations", "Judging"]),
    room("Domain", "Experiments", ["Foundations", "Evaluation", "Judging"]),

    // Engine
    .systemLibrary(
      name: "COneDNN",
      path: "Sources/Engine/COneDNN",
      providers: [.apt(["libdnnl-dev"])]
    ),
    room("Engine", "Tensors", ["COneDNN"], settings: vectorised),
    room("Engine", "ModelFormats", ["Foundations", "Files"], settings: vectorised),
    room("Engine", "Tokenization", ["Foundations", "ModelFormats"]),
    room(
      "Engine",
      "DecoderModels",
      ["Foundations", "Tensors", "ModelFormats"],
      settings: vectorised
    ),
    room(
      "Engine",
      "Training",
      [
        "Foundations", "Files", "Tensors", "ModelFormats", "Tokenization", "DecoderModels",
        "Rendering",
      ],
      settings: vectorised
    ),
    room(
      "Engine",
      "Generation",
      ["Foundations", "Tensors", "ModelFormats", "Tokenization", "DecoderModels"],
      settings: vectorised
    ),

    // Platform
    room(
      "Platform",
      "Persistence",
      [
        "Foundations", "Access", "Traces", "Datasets", "Judging", "Evaluation", "Experiments",
      ],
      products: [grdb]
    ),
    room(
      "Platform",
      "Workspace",
      [
        "Foundations", "Files", "Access", "Traces", "Datasets", "Rendering", "Judging",
        "Evaluation", "Experiments", "Persistence",
      ],
      products: [subprocess, yams]
    ),
    room(
      "Platform",
      "Execution",
      [
        "Foundations", "Files", "Traces", "Datasets", "Rendering", "Judging", "Evaluation",
        "Experiments",
        "Tensors", "ModelFormats", "Tokenization", "DecoderModels", "Training", "Generation",
        "Workspace",
      ],
      products: [yams]
    ),

    // Surface
    room(
      "Surface",
      "HTTPAPI",
      [
        "Foundations", "Access", "Traces", "Datasets", "Rendering", "Judging", "Evaluation",
        "Experiments", "Workspace",
      ],
      products: [hummingbird, httpTypes, nioCore, nioPosix, logging]
    ),
    room(
      "Surface",
      "Server",
      ["Foundations", "Access", "Workspace", "HTTPAPI"],
      products: [
        hummingbird, hummingbirdCore, httpTypes, compression, nioCore, nioHTTP1, nioHTTPTypes,
        nioHTTPTypesCodec, lifecycle, logging,
      ]
    ),
    room(
      "Surface",
      "CommandLine",
      [
        "Foundations", "Access", "Traces", "Datasets", "Rendering", "Judging", "Evaluation",
        "Experiments", "Workspace", "Execution", "HTTPAPI", "Server",
      ],
      products: [arguments, logging]
    ),
    .executableTarget(
      name: "tunix-rt",
      dependencies: ["CommandLine"],
      path: "Sources/Surface/tunix-rt",
      swiftSettings: strict
    ),

    // Tests
    .target(
      name: "TestSupport",
      dependencies: ["Foundations", "Traces"],
      path: "Tests/TestSupport",
      swiftSettings: strict
    ),
    tests("ArchitectureTests", []),
    tests("FoundationsTests", ["Foundations", "TestSupport"]),
    tests("FilesTests", ["Files", "Foundations", "TestSupport"]),
    tests("TracesTests", ["Traces", "Foundations", "TestSupport"]),
    tests("RenderingTests", ["Rendering", "Traces", "Foundations", "TestSupport"]),
    tests("DatasetsTests", ["Datasets", "Traces", "Foundations", "TestSupport"]),
    tests("JudgingTests", ["Judging", "Foundations", "TestSupport"]),
    tests("EvaluationTests", ["Evaluation", "Judging", "Foundations", "TestSupport"]),
    tests(
      "ExperimentsTests",
      ["Experiments", "Evaluation", "Judging", "Foundations", "TestSupport"]
    ),
    tests("TensorsTests", ["Tensors", "TestSupport"]),
    tests("ModelFormatsTests", ["ModelFormats", "Files", "Foundations", "TestSupport"]),
    tests("TokenizationTests", ["Tokenization", "ModelFormats", "Foundations", "TestSupport"]),
    tests(
      "DecoderModelsTests",
      ["DecoderModels", "Tensors", "ModelFormats", "Files", "Foundations", "TestSupport"]
    ),
    tests(
      "TrainingTests",
      [
        "Training", "DecoderModels", "Tensors", "ModelFormats", "Tokenization", "Rendering",
        "Files", "Foundations", "TestSupport",
      ]
    ),
    tests(
      "GenerationTests",
      [
        "Generation", "DecoderModels", "Tensors", "ModelFormats", "Tokenization", "Foundations",
        "TestSupport",
      ]
    ),
    tests(
      "PersistenceTests",
      [
        "Persistence", "Datasets", "Traces", "Judging", "Evaluation", "Experiments", "Foundations",
        "TestSupport",
      ],
      products: [grdb]
    ),
    tests(
      "WorkspaceTests",
      [
        "Workspace", "Persistence", "Access", "Datasets", "Traces", "Rendering", "Judging",
        "Evaluation", "Experiments", "Files", "Foundations", "TestSupport",
      ]
    ),
    tests(
      "ExecutionTests",
      [
        "Execution", "Workspace", "Experiments", "Evaluation", "Judging", "Rendering", "Datasets",
        "Traces", "Files", "Foundations", "TestSupport",
      ]
    ),
    tests(
      "HTTPAPITests",
      [
        "HTTPAPI", "Workspace", "Persistence", "Access", "Traces", "Datasets", "Rendering",
        "Foundations", "TestSupport",
      ],
      products: [hummingbird, httpTypes, nioCore, nioEmbedded, logging]
    ),
    tests(
      "ServerTests",
      ["Server", "HTTPAPI", "Workspace", "Access", "Foundations", "TestSupport"],
      products: [lifecycle, logging]
    ),
    tests(
      "CommandLineTests",
      ["CommandLine", "Foundations", "TestSupport"],
      products: [arguments]
    ),
    tests("EndToEndTests", ["Foundations", "TestSupport"], products: [subprocess]),
  ]
)
