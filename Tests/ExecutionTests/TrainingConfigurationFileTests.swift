import Execution
import Foundation
import Foundations
import TestSupport
import Testing

struct TrainingConfigurationFileTests {
  private func read(_ yaml: String) throws -> TrainingConfigurationFile {
    let folder = try ScratchFolder()
    return try TrainingConfigurationFile(try folder.write(yaml, to: "train.yaml"))
  }

  @Test func `the shipped configurations are read`() throws {
    for name in ["demo.yaml", "demo-short.yaml"] {
      let file = try TrainingConfigurationFile(
        Fixture.checkout.appending(path: "configs").appending(path: name)
      )
      #expect(file.model == "smollm2-135m-instruct")
      #expect(file.json["target_modules"] == "all-linear")
    }
  }

  @Test func `the list of all keys holds every key, with its default`() throws {
    let url = Fixture.checkout.appending(path: "configs/all-keys.yaml")
    let text = try String(contentsOf: url, encoding: .utf8)
    let lines = text.split(separator: "\n").map { $0.hasPrefix("# ") ? $0.dropFirst(2) : $0 }
    let named = lines.compactMap { line in
      line.wholeMatch(of: /([a-z_]+): .*/).map { String($0.1) }
    }

    let file = try TrainingConfigurationFile(url)

    #expect(named == TrainingConfigurationFile.keyList.components(separatedBy: ", "))
    let plain = try read("model: smollm2-135m-instruct\n")
    #expect(file.json == plain.json)
  }

  @Test(arguments: [
    ("model: a\nlerning_rate: 1\n", "line 2", "lerning_rate"),
    ("model: a\n\n# why\nlearning_rate: fast\n", "line 4", "\"fast\""),
    ("model: a\nlearning_rate: -1\n", "line 2", "above 0"),
    ("model: a\nmax_steps: 1.5\n", "line 2", "1.5"),
    ("model: a\nmax_steps: \"3\"\n", "line 2", "\"3\""),
    ("model: a\nseed: yes\n", "line 2", "\"yes\""),
    ("model: a\nlr_scheduler_type: stairs\n", "line 2", "cosine"),
    ("model: a\ntarget_modules:\n  - q_proj\n  - nose\n", "line 2", "nose"),
    ("model: a\ntarget_modules: []\n", "line 2", "at least one"),
    ("model: a\nmax_length: 8\ncutoff_len: 9\n", "line 3", "max_length"),
    ("model: 7\n", "line 1", "a text"),
    ("model: a\nnum_train_epochs: 1e300\n", "line 2", "at most"),
    ("model: a\ngradient_accumulation_steps: 9223372036854775807\n", "line 2", "at most"),
  ])
  func `a wrong key or value names its line`(yaml: String, line: String, fragment: String) {
    let error = #expect(throws: ExecutionError.self) { try read(yaml) }

    let text = error?.description ?? ""
    #expect(text.contains("train.yaml, \(line): "), "\(text)")
    #expect(text.contains(fragment), "\(text)")
  }

  @Test(arguments: [
    ("- model\n- a\n", "mapping"), ("", "mapping"), ("just words\n", "mapping"),
    ("model: [a\n", "line 2: is no YAML"), ("model: a\nmodel: b\n", "more than once: model"),
    ("seed: 1\n", "model"),
    ("model: *nothing\n", "line 1: is no YAML"),
  ])
  func `what is no configuration is refused in words`(yaml: String, fragment: String) {
    let error = #expect(throws: ExecutionError.self) { try read(yaml) }

    let text = error?.description ?? ""
    #expect(text.contains("train.yaml") && text.contains(fragment), "\(text)")
    #expect(!text.contains("Error("), "\(text)")
  }

  @Test func `a missing file is named`() {
    let error = #expect(throws: ExecutionError.self) {
      try TrainingConfigurationFile(URL(filePath: "/nowhere/train.yaml"))
    }

    #expect(error?.description.contains("/nowhere/train.yaml") == true)
  }

  @Test func `a quoted scalar is a text and a plain one what it looks like`() throws {
    let file = try read("model: \"42\"\nmax_steps: 3\nlearning_rate: 2e-4\nmax_grad_norm: ~\n")

    #expect(file.model == "42")
    #expect(file.json["max_steps"] == 3)
    #expect(file.json["learning_rate"]?.double == 2e-4)
    #expect(file.json["max_grad_norm"]?.double == 1)
  }

  @Test func `other tools' spellings and YAML anchors are understood`() throws {
    let file = try read(
      """
      model_name_or_path: some/model
      lora_rank: &size 4
      lora_alpha: *size
      cutoff_len: 77
      lora_target: all
      """
    )

    #expect(file.model == "some/model")
    #expect(file.json["lora_r"] == 4)
    #expect(file.json["lora_alpha"]?.double == 4)
    #expect(file.json["max_length"] == 77)
  }

  @Test func `an adapter is looked for beside the configuration`() throws {
    let folder = try ScratchFolder()
    let url = try folder.write("model: a\ninitial_adapter: out/adapter\n", to: "deep/t.yaml")

    let file = try TrainingConfigurationFile(url)

    #expect(
      file.json["initial_adapter"]?.string
        == folder.file("deep/out/adapter").standardizedFileURL.path
    )
  }
}
