import Testing

@testable import Generation

struct PrefixPlanTests {
  private func plan(_ prompts: [[Int32]], _ adapters: [Int]? = nil) -> PrefixPlan {
    PrefixPlan(
      prompts: prompts,
      adapters: adapters ?? prompts.map { _ in 0 },
      minimum: 4
    )
  }

  private func run(_ start: Int32, _ count: Int) -> [Int32] {
    (0..<Int32(count)).map { start + $0 }
  }

  @Test func `a common beginning is one prefix`() {
    let plan = plan([run(0, 10) + [50], run(0, 10) + [60, 61], run(0, 10) + [70]])

    #expect(plan.prefixes == [.init(example: 0, count: 10, parent: nil, users: 3)])
    #expect(plan.order == [.prefix(0), .request(0), .request(1), .request(2)])
    #expect(plan.base == [0, 0, 0])
  }

  @Test func `prefixes nest`() {
    let system = run(0, 8)
    let shots = system + run(100, 6)
    let plan = plan([shots + [1], system + [2], shots + [3], system + [4]])

    #expect(plan.prefixes.map(\.count) == [8, 14])
    #expect(plan.prefixes.map(\.parent) == [nil, 0])
    #expect(plan.prefixes.map(\.users) == [3, 2])
    #expect(plan.base == [1, 0, 1, 0])
    #expect(plan.order.first == .prefix(0))
  }

  @Test func `the last token of a prompt is never shared`() {
    let plan = plan([run(0, 9), run(0, 9), run(0, 9) + [7]])

    #expect(plan.prefixes.map(\.count) == [8])
    #expect(plan.base == [0, 0, 0])
  }

  @Test func `short and lonely beginnings are not shared`() {
    let plan = plan([run(0, 3) + [50], run(0, 3) + [60], run(20, 30)])

    #expect(plan.prefixes.isEmpty)
    #expect(plan.order == [.request(0), .request(1), .request(2)])
  }

  @Test func `prompts of different adapters do not share`() {
    let prompts = [run(0, 10), run(0, 10), run(0, 10), run(0, 10)]
    let plan = plan(prompts, [0, 1, 0, 1])

    #expect(plan.prefixes.map(\.users) == [2, 2])
    #expect(plan.base[0] == plan.base[2] && plan.base[1] == plan.base[3])
    #expect(plan.base[0] != plan.base[1])
  }

  @Test func `every request stands once in the order, after its prefix`() {
    // Prompts over two letters share much and in many ways.
    let prompts = (0..<60).map { index in
      (0..<(5 + index * 7 % 23)).map { Int32((index >> ($0 % 3)) & 1) }
    }
    let plan = plan(prompts)

    var begun: Set<Int> = []
    var requests: [Int] = []
    for entry in plan.order {
      switch entry {
      case .prefix(let prefix):
        #expect(plan.prefixes[prefix].parent.map(begun.contains) ?? true)
        begun.insert(prefix)
      case .request(let request):
        requests.append(request)
        guard let base = plan.base[request] else { continue }
        #expect(begun.contains(base))
        let prefix = plan.prefixes[base]
        #expect(prefix.count < prompts[request].count)
        #expect(prompts[request].starts(with: prompts[prefix.example].prefix(prefix.count)))
      }
    }
    #expect(requests.sorted() == Array(0..<60))
    let users = plan.prefixes.indices.map { index in
      plan.base.count { $0 == index } + plan.prefixes.count { $0.parent == index }
    }
    #expect(plan.prefixes.map(\.users) == users && users.allSatisfy { $0 > 1 })
  }
}
