public import ModelFormats
public import Tensors

/// Reads a model's weights and lays them out for products in `dataType`; call it as
/// `DecoderModels.open`.
///
/// The families are those of `DecoderFamily`; one file of `Families` says what each is made of. With
/// `trainable`, all weights become float32 parameters (`DecoderModel.fullParameters`), which needs
/// `dataType` f32. Throws for a tensor that is missing or of another shape, for sizes that no kernel
/// fits, and for a number format that the CPU does not have.
public func open(
  _ source: any TensorSource,
  configuration: DecoderConfiguration,
  dataType: DataType,
  trainable: Bool = false
) throws -> any DecoderModel {
  try TransformerModel(
    source,
    configuration: configuration,
    dataType: dataType,
    isTrainable: trainable
  )
}
