import ArgumentParser
import Experiments

/// How tokens are chosen and answers end; greedy unless a temperature is given.
struct SamplingFlags: ParsableArguments {
  @Option(help: "What logits are divided by; 0 always takes the likeliest token.")
  var temperature = 0.0

  @Option(help: "Choose among this many of the likeliest tokens only (0: all).")
  var topK = 0

  @Option(help: "Choose among the likeliest tokens that together have this probability.")
  var topP = 1.0

  @Option(help: "Choose among tokens with at least this share of the best one's probability.")
  var minP = 0.0

  @Option(help: "Lower the logits of tokens that were seen before by this factor (1: not).")
  var repetitionPenalty = 1.0

  @Option(
    help: ArgumentHelp(
      "End an answer before this text; may be given more than once.",
      valueName: "text"
    )
  )
  var stop: [String] = []

  @Flag(
    help: """
      Compute beginnings that prompts have in common for each prompt anew; changes the speed and \
      nothing else.
      """
  )
  var noPrefixSharing = false

  var settings: SamplingSettings {
    var settings = SamplingSettings()
    settings.temperature = temperature
    settings.topK = topK
    settings.topP = topP
    settings.minP = minP
    settings.repetitionPenalty = repetitionPenalty
    return settings
  }

  func validate() throws {
    let cuts = topK != 0 || topP != 1 || minP != 0
    guard temperature != 0 || !cuts else {
      throw ValidationError(
        "--top-k, --top-p and --min-p choose among tokens; give a --temperature above 0 with them"
      )
    }
  }
}
