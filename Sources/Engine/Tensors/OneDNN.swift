internal import COneDNN

/// The few calls of oneDNN's C interface that packed products need (oneDNN 2.6, developer guide).
enum OneDNN {
  // Protected by the engine's one-thread rule: engine and stream are used on the engine thread only.
  @safe private final class Context: @unchecked Sendable {
    let engine: dnnl_engine_t?
    let stream: dnnl_stream_t?

    init() {
      var engine: dnnl_engine_t?
      unsafe dnnl_engine_create(&engine, dnnl_cpu, 0)
      var stream: dnnl_stream_t?
      unsafe dnnl_stream_create(&stream, engine, dnnl_stream_default_flags.rawValue)
      unsafe self.engine = engine
      unsafe self.stream = stream
    }
  }

  private static let context = Context()

  /// The layout `dimensions` with `strides`, in elements.
  static func descriptor(
    _ dimensions: [Int],
    _ strides: [Int],
    _ type: dnnl_data_type_t
  ) -> dnnl_memory_desc_t {
    var result = dnnl_memory_desc_t()
    let status = unsafe dnnl_memory_desc_init_by_strides(
      &result,
      Int32(dimensions.count),
      dimensions.map(Int64.init),
      type,
      strides.map(Int64.init)
    )
    precondition(status == dnnl_success, "oneDNN refused the layout \(dimensions), \(strides)")
    return result
  }

  /// `dimensions` in whatever layout the library prefers.
  static func anyDescriptor(_ dimensions: [Int], _ type: dnnl_data_type_t) -> dnnl_memory_desc_t {
    var result = dnnl_memory_desc_t()
    let status = unsafe dnnl_memory_desc_init_by_tag(
      &result,
      Int32(dimensions.count),
      dimensions.map(Int64.init),
      type,
      dnnl_format_tag_any
    )
    precondition(status == dnnl_success, "oneDNN refused the dimensions \(dimensions)")
    return result
  }

  /// A product's description; with `accumulate` it adds to what the output holds.
  static func matmul(
    _ x: dnnl_memory_desc_t,
    _ weights: dnnl_memory_desc_t,
    _ y: dnnl_memory_desc_t,
    accumulate: Bool
  ) throws(TensorError) -> dnnl_primitive_desc_t {
    var x = x
    var weights = weights
    var y = y
    var operation = dnnl_matmul_desc_t()
    var status = unsafe dnnl_matmul_desc_init(&operation, &x, &weights, nil, &y)
    guard status == dnnl_success else {
      throw .primitive("a matrix product", status: Int32(status.rawValue))
    }
    var attributes: dnnl_primitive_attr_t?
    unsafe dnnl_primitive_attr_create(&attributes)
    defer { unsafe dnnl_primitive_attr_destroy(attributes) }
    if accumulate {
      var operations: dnnl_post_ops_t?
      unsafe dnnl_post_ops_create(&operations)
      unsafe dnnl_post_ops_append_sum(operations, 1)
      unsafe dnnl_primitive_attr_set_post_ops(attributes, operations)
      unsafe dnnl_post_ops_destroy(operations)
    }
    var description: dnnl_primitive_desc_t?
    unsafe status = dnnl_primitive_desc_create(
      &description,
      &operation,
      attributes,
      context.engine,
      nil
    )
    guard status == dnnl_success, let description = unsafe description else {
      throw .primitive("a matrix product", status: Int32(status.rawValue))
    }
    return unsafe description
  }

  /// The layout that a product wants its weights in.
  static func weightsDescriptor(of description: dnnl_primitive_desc_t) -> dnnl_memory_desc_t {
    guard let wanted = unsafe dnnl_primitive_desc_query_md(description, dnnl_query_weights_md, 0)
    else { preconditionFailure("a product without weights") }
    return unsafe wanted.pointee
  }

  static func primitive(
    _ description: dnnl_primitive_desc_t
  ) throws(TensorError) -> dnnl_primitive_t {
    var result: dnnl_primitive_t?
    let status = unsafe dnnl_primitive_create(&result, description)
    guard status == dnnl_success, let result = unsafe result else {
      throw .primitive("a matrix product's kernel", status: Int32(status.rawValue))
    }
    return unsafe result
  }

  static func memory(
    _ layout: dnnl_memory_desc_t,
    _ data: UnsafeMutableRawPointer?
  ) throws(TensorError) -> dnnl_memory_t {
    var layout = layout
    var result: dnnl_memory_t?
    let status = unsafe dnnl_memory_create(&result, &layout, context.engine, data)
    guard status == dnnl_success, let result = unsafe result else {
      throw .primitive("a memory object", status: Int32(status.rawValue))
    }
    return unsafe result
  }

  /// Copies one layout into another.
  static func reorder(_ from: dnnl_memory_t, _ to: dnnl_memory_t) throws(TensorError) {
    var source: UnsafePointer<dnnl_memory_desc_t>?
    var target: UnsafePointer<dnnl_memory_desc_t>?
    unsafe dnnl_memory_get_memory_desc(from, &source)
    unsafe dnnl_memory_get_memory_desc(to, &target)
    var description: dnnl_primitive_desc_t?
    let status = unsafe dnnl_reorder_primitive_desc_create(
      &description,
      source,
      context.engine,
      target,
      context.engine,
      nil
    )
    guard status == dnnl_success, let description = unsafe description else {
      throw .primitive("a change of layout", status: Int32(status.rawValue))
    }
    defer { unsafe dnnl_primitive_desc_destroy(description) }
    let change = try unsafe primitive(description)
    defer { unsafe dnnl_primitive_destroy(change) }
    var arguments = unsafe [
      dnnl_exec_arg_t(arg: DNNL_ARG_FROM, memory: from),
      dnnl_exec_arg_t(arg: DNNL_ARG_TO, memory: to),
    ]
    let result = unsafe execute(change, &arguments)
    guard result == dnnl_success else {
      throw .primitive("a change of layout", status: Int32(result.rawValue))
    }
  }

  static func execute(
    _ primitive: dnnl_primitive_t,
    _ arguments: inout [dnnl_exec_arg_t]
  ) -> dnnl_status_t {
    let status = unsafe dnnl_primitive_execute(
      primitive,
      context.stream,
      Int32(arguments.count),
      arguments
    )
    guard status == dnnl_success else { return status }
    return unsafe dnnl_stream_wait(context.stream)
  }
}
