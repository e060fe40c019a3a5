/** IP summary dumps: FromIPSummaryDump and ToIPSummaryDump are made of these. */

export type { Field } from "./field.ts";
export { FIELD_NAMES, findField } from "./fields.ts";
export { type ReaderOptions, SummaryReader } from "./reader.ts";
export { ANNOTATION, ANNOTATION_SIZE, type SummaryRecord } from "./record.ts";
export {
  formatHeader,
  formatRecord,
  formatRemark,
  type HeaderOptions,
  parseFieldList,
  type SummaryForm,
  separatePackets,
  type WriterOptions,
} from "./writer.ts";
