internal import Synchronization

/// What a span of computing was spent on.
public enum ProfiledWork: String, Sendable, CaseIterable {
  /// One timed repetition of a benchmark; everything else lies inside one.
  case step
  /// One pass of the model inside a repetition that has several.
  case pass
  /// A matrix product; its sizes are the span's.
  case product
  /// The head with its loss, around their products.
  case head
  /// Attention, of a training batch or over a cache.
  case attention
  /// Root-mean-square or layer normalisation.
  case normalisation
  /// The feed-forward layer's nonlinearity.
  case activation
  /// Rotary positions.
  case rotary
  /// Looking up embeddings.
  case embedding
  /// Softmax, cross-entropy and its gradient.
  case loss
  /// Clipping and the optimiser's step.
  case optimiser
  /// Choosing the next tokens.
  case sampling
}

/// A stretch of time in which the engine thread did one thing.
public struct ProfiledSpan: Sendable, Hashable {
  /// The sizes of a matrix product: `[rows, inner]` times `[inner, columns]`.
  public struct Product: Sendable, Hashable {
    /// M.
    public let rows: Int
    /// N.
    public let columns: Int
    /// K.
    public let inner: Int

    /// The product's multiplications and additions: `2 M N K`.
    public var operations: Int { 2 * rows * columns * inner }
  }

  /// What was done.
  public let work: ProfiledWork
  /// The sizes, where it was a product.
  public let product: Product?
  /// Nanoseconds from the recording's beginning to the span's.
  public let start: Int
  /// The span's length in nanoseconds.
  public let duration: Int

  /// When it ended, in nanoseconds from the recording's beginning.
  public var end: Int { start + duration }
}

/// Records what the engine computes and when, while somebody asks for it.
///
/// Off, a span costs one read of a flag. On, it costs two readings of the clock and one append under
/// a lock that nobody else wants, because one thread calls the engine. Spans nest: each lies wholly inside
/// or wholly outside any other.
public enum Profiling {
  /// What was recorded.
  public struct Recording: Sendable {
    /// The spans, in the order of their ends.
    public let spans: [ProfiledSpan]
    /// How many came after the limit and are missing.
    public let dropped: Int
  }

  /// A span that has begun; end it with ``Profiling/end(_:)``.
  public struct OpenSpan: Sendable {
    let work: ProfiledWork
    let product: ProfiledSpan.Product?
    // Negative where nothing is recorded.
    let start: Int
  }

  private struct Recorder {
    var origin = ContinuousClock.now
    var spans: [ProfiledSpan] = []
    var dropped = 0
  }

  // 56 bytes each; a training step of a model of 30 layers has about 1500.
  private static let maximumSpans = 1 << 20
  private static let isOn = Atomic<Bool>(false)
  private static let recorder = Mutex(Recorder())

  /// Begins a recording; what an earlier one held is forgotten.
  public static func start() {
    recorder.withLock { $0 = Recorder() }
    isOn.store(true, ordering: .releasing)
  }

  /// Ends the recording and hands it out.
  public static func stop() -> Recording {
    isOn.store(false, ordering: .releasing)
    return recorder.withLock { recorder in
      defer { recorder = Recorder() }
      return Recording(spans: recorder.spans, dropped: recorder.dropped)
    }
  }

  /// Begins a span.
  public static func begin(_ work: ProfiledWork) -> OpenSpan { open(work, nil) }

  /// Begins the span of a product `[rows, inner]` times `[inner, columns]`.
  public static func beginProduct(rows: Int, columns: Int, inner: Int) -> OpenSpan {
    open(.product, ProfiledSpan.Product(rows: rows, columns: columns, inner: inner))
  }

  /// Ends a span.
  public static func end(_ span: OpenSpan) {
    guard span.start >= 0 else { return }
    recorder.withLock { recorder in
      guard recorder.spans.count < maximumSpans else {
        recorder.dropped += 1
        return
      }
      recorder.spans.append(
        ProfiledSpan(
          work: span.work,
          product: span.product,
          start: span.start,
          duration: nanoseconds(since: recorder.origin) - span.start
        )
      )
    }
  }

  private static func open(_ work: ProfiledWork, _ product: ProfiledSpan.Product?) -> OpenSpan {
    guard isOn.load(ordering: .relaxed) else {
      return OpenSpan(work: work, product: product, start: -1)
    }
    let start = recorder.withLock { nanoseconds(since: $0.origin) }
    return OpenSpan(work: work, product: product, start: start)
  }

  private static func nanoseconds(since origin: ContinuousClock.Instant) -> Int {
    let elapsed = (ContinuousClock.now - origin).components
    return Int(elapsed.seconds) * 1_000_000_000 + Int(elapsed.attoseconds / 1_000_000_000)
  }
}
