import Tensors
import Testing

/// One recorder serves the process: these run one after another, and look only for spans that no
/// kernel of another test leaves.
@Suite(.serialized)
struct ProfilingTests {
  private let a = Matrix(rows: 3, columns: 4, values: (0..<12).map { Float($0) })
  private let b = Matrix(rows: 5, columns: 4, values: (0..<20).map { Float($0) })
  private let c = Matrix(rows: 3, columns: 5)

  @Test func `a product leaves a span with its sizes`() {
    Profiling.start()
    multiply(a, .plain, b, .transposed, into: c)
    let spans = Profiling.stop().spans.compactMap(\.product)

    #expect(spans.contains(ProfiledSpan.Product(rows: 3, columns: 5, inner: 4)))
    #expect(ProfiledSpan.Product(rows: 3, columns: 5, inner: 4).operations == 2 * 3 * 5 * 4)
  }

  @Test func `a span inside another lies inside it in time, and ends first`() {
    Profiling.start()
    let outer = Profiling.begin(.step)
    let inner = Profiling.begin(.pass)
    Profiling.end(inner)
    Profiling.end(outer)
    let spans = Profiling.stop().spans.filter { $0.work == .step || $0.work == .pass }

    #expect(spans.map(\.work) == [.pass, .step])
    #expect(spans[0].start >= spans[1].start && spans[0].end <= spans[1].end)
    #expect(spans.allSatisfy { $0.duration >= 0 })
  }

  @Test func `nothing is kept while nobody records`() {
    Profiling.end(Profiling.begin(.step))
    Profiling.start()
    let spans = Profiling.stop().spans

    #expect(!spans.contains { $0.work == .step })
    #expect(Profiling.stop().spans.isEmpty)
  }
}
