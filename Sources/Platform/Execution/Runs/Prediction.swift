import Experiments
import Foundations
import Generation

/// One answered item of a run.
struct Prediction: Sendable {
  let traceID: String
  let promptTokens: Int
  let answer: GeneratedSequence

  /// A line of `predictions.jsonl`.
  var json: JSONValue {
    [
      "trace_id": .string(traceID), "prediction": .string(answer.text),
      "finish_reason": .string(answer.finishReason.rawValue),
      "prompt_tokens": JSONValue(promptTokens), "new_tokens": JSONValue(answer.ids.count),
      "mean_log_probability": JSONValue(
        answer.logProbabilities.reduce(0) { $0 + Double($1) }
          / Double(max(1, answer.logProbabilities.count))
      ),
    ]
  }
}

/// How predictions were made: the content of `predictions_meta.json`.
struct PredictionsMeta {
  let manifest: RunManifest
  let adapterHash: ContentHash?
  let settings: GenerationSettings
  let endTokens: Set<Int32>
  let template: String
  let instruction: String?
  let count: Int

  var json: JSONValue {
    let sampling = settings.sampling
    return [
      "run_id": .string(manifest.runID.text), "count": JSONValue(count),
      "model": .string(manifest.model), "model_sha256": .string(manifest.modelHash.hex),
      "adapter_sha256": JSONValue(optional: adapterHash?.hex),
      "dataset_key": JSONValue(optional: manifest.datasetKey),
      "dataset_sha256": .string(manifest.datasetHash.hex),
      "generation_config": [
        "do_sample": .bool(sampling.temperature > 0), "num_beams": 1,
        "temperature": JSONValue(sampling.temperature), "top_k": JSONValue(sampling.topK),
        "top_p": JSONValue(sampling.topP), "min_p": JSONValue(sampling.minP),
        "repetition_penalty": JSONValue(sampling.repetitionPenalty),
        "stop_strings": .array(settings.stop.map { .string($0) }),
        "max_new_tokens": JSONValue(settings.maxNewTokens),
        "batch_size": JSONValue(settings.batchSize),
        "prefix_sharing": .bool(settings.sharesPrefixes),
        "eos_token_id": .array(endTokens.sorted().map { JSONValue($0) }),
        "chat_template": .string(template), "instruction": JSONValue(optional: instruction),
        "seed": JSONValue(manifest.seed), "device": "cpu",
        "dtype": .string(manifest.compute.dtype), "threads": JSONValue(manifest.compute.threads),
      ],
      "timestamp": .string(Timestamp.text(of: manifest.createdAt)),
    ]
  }
}
