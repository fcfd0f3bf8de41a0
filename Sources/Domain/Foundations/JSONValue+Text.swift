import Foundation

extension JSONValue {
  /// Reads one JSON text (RFC 8259) from UTF-8 bytes.
  public init(parsing bytes: [UInt8]) throws(JSONError) {
    var parser = JSONParser(bytes)
    self = try parser.document { (parser) throws(JSONError) in try parser.value() }
  }

  /// Reads one JSON text (RFC 8259).
  public init(parsing text: String) throws(JSONError) {
    try self.init(parsing: Array(text.utf8))
  }

  /// One line without spaces, members in their order, numbers as they were written.
  public var compact: String { text(.compact) }

  /// Many lines, indented by two spaces, without a final line break.
  public var pretty: String { text(.pretty) }

  /// One line in which every character outside ASCII is a `\u` escape.
  public var asciiEscaped: String { text(.asciiEscaped) }

  /// The bytes of RFC 8785 (JSON Canonicalization Scheme): what content hashes are taken of.
  public var canonical: [UInt8] {
    var writer = JSONWriter(.canonical)
    writer.write(self)
    return writer.bytes
  }

  private func text(_ layout: JSONWriter.Layout) -> String {
    var writer = JSONWriter(layout)
    writer.write(self)
    return writer.text
  }
}

extension JSONValue {
  /// The value that an encodable type writes, keys sorted, dates as `Timestamp` texts.
  public init(encoding value: some Encodable) throws(JSONError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .custom { date, encoder in
      var container = encoder.singleValueContainer()
      try container.encode(Timestamp.text(of: date))
    }
    do {
      try self.init(parsing: Array(try encoder.encode(value)))
    } catch let error as JSONError {
      throw error
    } catch {
      throw .shape(path: "", expected: "an encodable \(type(of: value))", found: "\(error)")
    }
  }

  /// Reads a decodable type out of this value; dates are `Timestamp` texts.
  public func decode<T: Decodable>(_ type: T.Type) throws(JSONError) -> T {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .custom { decoder in
      let container = try decoder.singleValueContainer()
      let text = try container.decode(String.self)
      guard let date = Timestamp.date(from: text) else {
        throw DecodingError.dataCorruptedError(
          in: container,
          debugDescription: "\(text) is not an ISO 8601 time"
        )
      }
      return date
    }
    do {
      return try decoder.decode(T.self, from: Data(compact.utf8))
    } catch let error as DecodingError {
      throw JSONError(error)
    } catch {
      throw .shape(path: "", expected: "\(T.self)", found: "\(error)")
    }
  }
}

extension JSONError {
  /// The same complaint with the path as a JSON pointer.
  init(_ error: DecodingError) {
    switch error {
    case .typeMismatch(let type, let context):
      self = .shape(path: pointer(context), expected: "\(type)", found: context.debugDescription)
    case .valueNotFound(let type, let context):
      self = .shape(path: pointer(context), expected: "\(type)", found: "null")
    case .keyNotFound(let key, let context):
      self = .shape(
        path: pointer(context),
        expected: "a member \"\(key.stringValue)\"",
        found: "none"
      )
    case .dataCorrupted(let context):
      self = .shape(
        path: pointer(context),
        expected: "a valid value",
        found: context.debugDescription
      )
    @unknown default:
      self = .shape(path: "", expected: "a decodable value", found: "\(error)")
    }
  }
}

private func pointer(_ context: DecodingError.Context) -> String {
  context.codingPath.map { "/" + ($0.intValue.map(String.init) ?? $0.stringValue) }.joined()
}
