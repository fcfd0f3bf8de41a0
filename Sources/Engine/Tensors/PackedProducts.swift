internal import COneDNN
internal import Synchronization

/// Products `[M, K] x [K, N]` with one constant factor in the layout that oneDNN asks for.
///
/// oneDNN may ask for another layout at another number of rows; each layout asked for is made once
/// and kept. A primitive is built once a number of rows. Inputs are rounded to the constant factor's
/// format, outputs are f32.
// Protected by the lock around every product; uncontended, as one thread calls the engine.
@safe final class PackedProducts: @unchecked Sendable {
  private let source: FactorStorage
  private let inner: Int
  private let outer: Int
  private let isTransposed: Bool
  private var layouts: [PackedLayout] = []
  private var primitives: [PrimitiveKey: PackedPrimitive] = [:]

  private struct PrimitiveKey: Hashable {
    let rows: Int
    let stride: Int
    let accumulate: Bool
  }

  /// The rounded inputs of the product that runs; one block serves every weight.
  private static let scratch = Mutex<[DataType: FactorStorage]>([:])

  /// `source` holds `[N, K]` when `isTransposed`, else `[K, N]`; K is `inner`, N is `outer`.
  init(_ source: FactorStorage, inner: Int, outer: Int, isTransposed: Bool) {
    self.source = source
    self.inner = inner
    self.outer = outer
    self.isTransposed = isTransposed
  }

  func multiply(_ x: Matrix, into y: Matrix, accumulate: Bool) throws(TensorError) {
    let rows = RowBlocks.padded(x.rows)
    guard x.rows > 0 else { return }
    precondition(
      x.columns == inner && y.columns == outer && y.rows == x.rows
        && x.capacity >= rows && y.capacity >= rows,
      "a packed product of the wrong shape"
    )
    let key = PrimitiveKey(rows: rows, stride: y.stride, accumulate: accumulate)
    try Self.scratch.withLock { (scratch) throws(TensorError) in
      let input = Self.block(rows * inner, source.format, in: &scratch)
      input.fill(from: x, rows: rows)
      let primitive: PackedPrimitive
      if let known = primitives[key] {
        primitive = known
      } else {
        primitive = try build(key)
        primitives[key] = primitive
      }
      unsafe primitive.run(input: input.base, output: y.base)
    }
  }

  private static func block(
    _ count: Int,
    _ format: DataType,
    in scratch: inout [DataType: FactorStorage]
  ) -> FactorStorage {
    if let known = scratch[format], known.count >= count { return known }
    scratch[format] = nil
    let made = FactorStorage(format, count: count)
    scratch[format] = made
    return made
  }

  private func build(_ key: PrimitiveKey) throws(TensorError) -> PackedPrimitive {
    let element = source.format == .bf16 ? dnnl_bf16 : dnnl_f32
    let x = OneDNN.descriptor([key.rows, inner], [inner, 1], element)
    let y = OneDNN.descriptor([key.rows, outer], [key.stride, 1], dnnl_f32)
    let free = OneDNN.anyDescriptor([inner, outer], element)
    let description = unsafe try OneDNN.matmul(x, free, y, accumulate: key.accumulate)
    let wanted = unsafe OneDNN.weightsDescriptor(of: description)
    let layout: PackedLayout
    if let known = layouts.first(where: { $0.holds(wanted) }) {
      layout = known
    } else {
      let strides = isTransposed ? [1, inner] : [outer, 1]
      let plain = OneDNN.descriptor([inner, outer], strides, element)
      layout = try PackedLayout(wanted, from: source, plain: plain)
      layouts.append(layout)
    }
    return try unsafe PackedPrimitive(description, layout: layout, input: x, output: y)
  }
}

/// One blocked copy of a weight.
// Protected by the engine's one-thread rule; written once when it is made.
@safe final class PackedLayout: @unchecked Sendable {
  let memory: dnnl_memory_t
  private let block: UnsafeMutableRawPointer
  private var descriptor: dnnl_memory_desc_t

  init(
    _ wanted: dnnl_memory_desc_t,
    from source: FactorStorage,
    plain: dnnl_memory_desc_t
  ) throws(TensorError) {
    descriptor = wanted
    var copy = wanted
    let sizeBytes = unsafe Int(dnnl_memory_desc_get_size(&copy))
    unsafe block = UnsafeMutableRawPointer.allocate(byteCount: sizeBytes + 64, alignment: 64)
    unsafe block.initializeMemory(as: UInt8.self, repeating: 0, count: sizeBytes + 64)
    do {
      unsafe memory = try OneDNN.memory(wanted, block)
      let from = try unsafe OneDNN.memory(plain, source.base)
      defer { unsafe dnnl_memory_destroy(from) }
      try unsafe OneDNN.reorder(from, memory)
    } catch {
      unsafe block.deallocate()
      throw error
    }
  }

  deinit {
    unsafe dnnl_memory_destroy(memory)
    unsafe block.deallocate()
  }

  func holds(_ other: dnnl_memory_desc_t) -> Bool {
    var other = other
    return unsafe dnnl_memory_desc_equal(&descriptor, &other) != 0
  }
}

/// A built primitive with its three memories.
// Protected by the engine's one-thread rule.
@safe final class PackedPrimitive: @unchecked Sendable {
  private let primitive: dnnl_primitive_t
  private let input: dnnl_memory_t
  private let output: dnnl_memory_t
  private let layout: PackedLayout

  /// Takes over `description` and destroys it.
  init(
    _ description: dnnl_primitive_desc_t,
    layout: PackedLayout,
    input: dnnl_memory_desc_t,
    output: dnnl_memory_desc_t
  ) throws(TensorError) {
    defer { unsafe dnnl_primitive_desc_destroy(description) }
    self.layout = layout
    unsafe primitive = try OneDNN.primitive(description)
    unsafe self.input = try OneDNN.memory(input, nil)
    unsafe self.output = try OneDNN.memory(output, nil)
  }

  deinit {
    unsafe dnnl_memory_destroy(input)
    unsafe dnnl_memory_destroy(output)
    unsafe dnnl_primitive_destroy(primitive)
  }

  func run(input data: UnsafeMutableRawPointer, output result: UnsafeMutablePointer<Float>) {
    unsafe dnnl_memory_set_data_handle(input, data)
    unsafe dnnl_memory_set_data_handle(output, UnsafeMutableRawPointer(result))
    var arguments = unsafe [
      dnnl_exec_arg_t(arg: DNNL_ARG_SRC, memory: input),
      dnnl_exec_arg_t(arg: DNNL_ARG_WEIGHTS, memory: layout.memory),
      dnnl_exec_arg_t(arg: DNNL_ARG_DST, memory: output),
    ]
    let status = unsafe OneDNN.execute(primitive, &arguments)
    precondition(status == dnnl_success, "oneDNN could not run a product: \(status.rawValue)")
  }
}
