/** The suite's own settings of CRS, to stand behind crs-setup.conf. */
export function suiteSettings(level: number): string {
  return String.raw`
SecAction "id:9990001,phase:1,pass,nolog,\
  setvar:tx.blocking_paranoia_level=${level},setvar:tx.detection_paranoia_level=${level},\
  setvar:tx.paranoia_level=${level},setvar:tx.executing_paranoia_level=${level},\
  setvar:tx.arg_name_length=100,setvar:tx.arg_length=400,setvar:tx.total_arg_length=64000,setvar:tx.max_num_args=255,\
  setvar:tx.max_file_size=64100,setvar:tx.combined_file_sizes=65535,setvar:tx.crs_validate_utf8_encoding=1"
`;
}
