/** The suite's own settings of CRS, to stand at the end of crs-setup.conf; with the rule by which the official runner finds its place in the log. */
export function suiteSettings(level: number): string {
  return String.raw`
SecRule REQUEST_HEADERS:X-CRS-Test "@rx ^.*$" "id:999999,phase:1,pass,log,t:none,\
  msg:'X-CRS-Test %{MATCHED_VAR}',ctl:ruleRemoveById=1-999999"

SecAction "id:9990001,phase:1,pass,nolog,\
  setvar:tx.blocking_paranoia_level=${level},setvar:tx.detection_paranoia_level=${level},\
  setvar:tx.paranoia_level=${level},setvar:tx.executing_paranoia_level=${level},\
  setvar:tx.arg_name_length=100,setvar:tx.arg_length=400,setvar:tx.total_arg_length=64000,setvar:tx.max_num_args=255,\
  setvar:tx.max_file_size=64100,setvar:tx.combined_file_sizes=65535,setvar:tx.crs_validate_utf8_encoding=1"
`;
}
