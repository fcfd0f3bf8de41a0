/// The tensors of a GGUF model under Hugging Face's names and in its order.
///
/// Rows of q and k of a Llama are put back into the order before llama.cpp's conversion, and the
/// one that it added to Gemma's norm weights is taken away again.
struct GGUFModelTensors: TensorSource {
  private struct Entry {
    let storedName: String
    let order: HeadOrder?
    let isStoredPlusOne: Bool
  }

  let names: [String]
  private let file: GGUFFile
  private let entries: [String: Entry]

  init(_ file: GGUFFile, _ configuration: DecoderConfiguration) throws(FormatError) {
    var names: [String] = []
    var entries: [String: Entry] = [:]
    for stored in file.names {
      guard let name = GGUFNames.huggingFaceName(of: stored, configuration.family) else {
        throw .unsupported(
          path: file.path,
          what: "tensor \(stored)",
          supported: ["the tensors of \(configuration.family)"]
        )
      }
      names.append(name)
      entries[name] = Entry(
        storedName: stored,
        order: try Self.order(of: name, stored, file, configuration),
        isStoredPlusOne: configuration.family == .gemma3 && name.hasSuffix("norm.weight")
      )
    }
    self.names = names
    self.file = file
    self.entries = entries
  }

  var path: String { file.path }

  func shape(of name: String) -> [Int]? { entries[name].flatMap { file.shape(of: $0.storedName) } }

  func elementType(of name: String) -> ElementType? {
    entries[name].flatMap { file.elementType(of: $0.storedName) }
  }

  func decodeRows(
    of name: String,
    _ rows: Range<Int>,
    into destination: inout MutableSpan<Float>
  ) throws(FormatError) {
    guard let entry = entries[name] else { throw .missingTensor(path: path, name: name) }
    try file.contents.decodeRows(of: entry.storedName, rows, order: entry.order, into: &destination)
    if entry.isStoredPlusOne {
      for i in 0..<destination.count { destination[i] -= 1 }
    }
  }

  func blockType(of name: String) -> ElementType? {
    guard let entry = entries[name], !entry.isStoredPlusOne else { return nil }
    return file.blockType(of: entry.storedName)
  }

  func copyBlocks(
    of name: String,
    _ rows: Range<Int>,
    into destination: inout MutableSpan<UInt8>
  ) throws(FormatError) {
    guard let entry = entries[name] else { throw .missingTensor(path: path, name: name) }
    try file.contents.copyBlocks(of: entry.storedName, rows, order: entry.order, into: &destination)
  }

  private static func order(
    of name: String,
    _ stored: String,
    _ file: GGUFFile,
    _ configuration: DecoderConfiguration
  ) throws(FormatError) -> HeadOrder? {
    guard configuration.family == .llama,
      name.contains(".self_attn.q_proj.") || name.contains(".self_attn.k_proj.")
    else { return nil }
    guard name.hasSuffix(".weight") else {
      throw .unsupported(path: file.path, what: "tensor \(stored)", supported: ["no bias of q, k"])
    }
    let heads = name.contains(".q_proj.") ? configuration.heads : configuration.kvHeads
    let expected = [heads * configuration.headSize, configuration.hiddenSize]
    try file.require(stored, shape: expected)
    return HeadOrder(headSize: configuration.headSize)
  }
}

/// Names of tensors in GGUF files and in Hugging Face's checkpoints.
enum GGUFNames {
  private static let parts = [
    "attn_norm": "input_layernorm", "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
    "attn_q_norm": "self_attn.q_norm", "attn_k_norm": "self_attn.k_norm",
    "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
  ]

  /// The Hugging Face name of a GGUF tensor; nil if the family has no such tensor.
  static func huggingFaceName(of name: String, _ family: DecoderFamily) -> String? {
    switch name {
    case "token_embd.weight": return "model.embed_tokens.weight"
    case "output_norm.weight": return "model.norm.weight"
    case "output.weight": return "lm_head.weight"
    default: break
    }
    let pieces = name.split(separator: ".", omittingEmptySubsequences: false)
    guard pieces.count == 4, pieces[0] == "blk", let layer = Int(pieces[1]), layer >= 0,
      pieces[3] == "weight" || pieces[3] == "bias", let part = part(String(pieces[2]), family)
    else { return nil }
    return "model.layers.\(layer).\(part).\(pieces[3])"
  }

  private static func part(_ name: String, _ family: DecoderFamily) -> String? {
    let isGemma = family == .gemma3
    switch name {
    case "ffn_norm": return isGemma ? "pre_feedforward_layernorm" : "post_attention_layernorm"
    case "post_attention_norm": return isGemma ? "post_attention_layernorm" : nil
    case "post_ffw_norm": return isGemma ? "post_feedforward_layernorm" : nil
    default: return parts[name]
    }
  }
}
