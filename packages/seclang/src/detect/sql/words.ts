// The vocabulary of the grammar: which words open, join and end what. Facts of the dialects' manuals.

const set = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/));

export const LOGICAL_WORDS = set('or and xor having where when on');
export const LOGICAL_SIGNS = set('|| &&');
export const COMPARISON_SIGNS = set('= <> != < > <= >= == <=> !< !> ^= ~* !~ !~* @> <@');
export const COMPARISON_WORDS = set('like ilike rlike regexp glob in between is similar sounds match');
export const ARITHMETIC_SIGNS = set('+ - * / % & | ^ ~ << >> -> ->> #> #>> # := ?|');
export const ARITHMETIC_WORDS = set('div mod escape then else binary interval');
export const PREFIX_WORDS = set('not binary distinct all any some prior interval exists row array');
export const CONSTANT_WORDS = set('null true false unknown');
export const SYSTEM_WORDS = set(
  'user current_user session_user system_user current_date current_time current_timestamp sysdate systimestamp rownum rowid level localtime',
);
/** Words that cannot stand where an operand is expected. */
export const NOT_AN_OPERAND = set(
  'or and xor having where on union except intersect minus order group limit offset from into like ilike rlike regexp in between is as asc desc then else end procedure by set values',
);
export const SET_WORDS = set('union except intersect minus');
export const SELECT_MODIFIERS = set(
  'all distinct distinctrow straight_join high_priority sql_cache sql_no_cache sql_calc_found_rows sql_small_result sql_big_result sql_buffer_result unique',
);
/** After a select item these may follow. */
export const AFTER_ITEM = set(
  'from where union as into limit order group having and or xor like is in between div mod collate for procedure except intersect minus end',
);
/** No table is called so; people write so. */
export const PROSE = set(
  'the a an this that these those my your our his her their its each every any all some one two three among between below above it them us me you him here there where what which who whom within either both next last list menu following',
);

/** Calls that take time, raise an error with data in it, read files or run commands. */
export const EFFECT_CALLS =
  set(`sleep benchmark pg_sleep pg_sleep_for pg_sleep_until sleepeachrow get_lock master_pos_wait
  extractvalue updatexml load_file name_const gtid_subset gtid_subtract st_latfromgeohash st_longfromgeohash st_pointfromgeohash
  geometrycollection multipoint multipolygon multilinestring linestring polygon
  pg_read_file pg_read_binary_file pg_ls_dir lo_import lo_export lo_from_bytea dblink dblink_connect query_to_xml database_to_xml table_to_xml
  xp_cmdshell xp_dirtree xp_fileexist xp_regread xp_subdirs openrowset opendatasource openquery fn_xe_file_target_read_file fn_get_audit_file fn_trace_gettable
  utl_http.request utl_inaddr.get_host_address utl_inaddr.get_host_name dbms_pipe.receive_message dbms_lock.sleep dbms_session.sleep
  dbms_ldap.init dbms_xmlgen.getxml httpuritype xmltype ctxsys.drithsx.sn ordsys.ord_dicom.getmappingxpath
  randomblob zeroblob load_extension writefile readfile sys_eval sys_exec file_read csvread link_schema
  current_setting set_config pg_terminate_backend generate_series`);

/** Qualifiers under which a dangerous call stays one; `time.sleep(5)` is a program, not a query. */
export const DATABASE_QUALIFIER = /^(?:dbms_\w+|utl_\w+|ctxsys|ordsys|sys|master|dbo|pg_catalog|msdb|mysql|public)$/;
export const DATABASE_PACKAGE = /^(?:dbms_|utl_|user_lock\.|owa_|xp_|sp_oa|sys_eval)/;

/** Ordinary functions of queries; together with a break-out or a number they show intent. */
export const QUERY_CALLS =
  set(`ascii ord char chr nchar unicode substr substring substring_index mid left right length char_length len datalength
  concat concat_ws group_concat string_agg listagg array_agg count min max sum avg if iif ifnull nullif isnull nvl coalesce decode cast convert try_convert to_char
  to_number hex unhex bin conv lower upper lcase ucase reverse replace repeat space trim ltrim rtrim instr locate position strpos charindex patindex find_in_set
  version user database schema current_user session_user system_user current_database current_schema db_name user_name suser_name suser_sname host_name object_id
  row_count last_insert_id found_rows connection_id rand random floor ceil round exp power sqrt abs sign now sysdate getdate curdate md5 sha1 sha2 password
  crc32 aes_encrypt json_extract json_value json_keys json_array json_object json_depth json_length row_to_json to_json xmlagg xmlelement elt field make_set strcmp sqlite_version typeof
  quote unistr glob like exists quotename stuff newid has_dbaccess is_srvrolemember is_member inet_aton greatest least`);

/** Functions that programs do not call so; the others in QUERY_CALLS are known to Python or JavaScript too. */
export const DATABASE_CALLS =
  set(`ascii substr substring mid version database char_length concat concat_ws group_concat string_agg ifnull nullif nvl coalesce user current_user
  session_user system_user connection_id unhex char datalength db_name suser_name json_extract json_value row_count last_insert_id found_rows sqlite_version crc32 length`);

/** Calls, words and nothing else that tell where one is; to read them where a number or a name is expected shows intent. */
export const INFO_CALLS = set(
  'version user database schema current_user session_user system_user current_database current_schema db_name user_name suser_name suser_sname host_name sqlite_version sys_context connection_id',
);
/** Of these only databases have the name. */
export const DATABASE_INFO = set(
  'current_database current_schema db_name user_name suser_name suser_sname host_name sqlite_version sys_context connection_id current_user session_user system_user ora_database_name ora_login_user',
);
export const INFO_WORDS = set('current_user session_user system_user ora_database_name ora_login_user');
/** Calls around such a one that programs in other languages do not make. */
export const CONVERTING_CALLS = set('cast convert try_convert ord hex substring to_number to_char elt make_set iif');

const OBJECTS = set(
  'table database schema view index user role login function procedure proc trigger sequence column temporary temp global materialized extension alias type synonym rule server if or unique package tablespace',
);

/** What must follow the first word of a statement for it to be one. */
export const STATEMENTS: ReadonlyMap<string, ReadonlySet<string> | 'select' | 'name' | 'ends' | 'procedure' | 'block'> =
  new Map<string, ReadonlySet<string> | 'select' | 'name' | 'ends' | 'procedure' | 'block'>([
    ['select', 'select'],
    ['with', 'name'],
    ['drop', OBJECTS],
    ['create', OBJECTS],
    ['alter', OBJECTS],
    ['truncate', set('table')],
    ['rename', set('table user')],
    ['insert', set('into ignore low_priority high_priority or overwrite')],
    ['replace', set('into')],
    ['merge', set('into')],
    ['delete', set('from top low_priority')],
    ['update', 'name'],
    ['exec', 'procedure'],
    ['execute', 'procedure'],
    ['call', 'procedure'],
    ['declare', 'name'],
    ['set', 'name'],
    ['prepare', 'name'],
    ['waitfor', set('delay time')],
    ['shutdown', 'ends'],
    ['grant', set('all select insert update delete create execute usage super file dba connect')],
    ['revoke', set('all select insert update delete create execute')],
    ['copy', 'name'],
    ['load', set('data xml')],
    ['attach', set('database')],
    ['detach', set('database')],
    ['backup', set('database log')],
    ['restore', set('database log')],
    ['dbcc', set('checkdb dropcleanbuffers addextendedproc shrinkdatabase traceon')],
    ['handler', 'name'],
    ['lock', set('tables table')],
    ['flush', set('tables privileges logs hosts')],
    ['show', set('tables databases warnings columns variables grants schemas create full processlist status errors')],
    ['desc', 'ends'],
    ['describe', 'ends'],
    ['explain', set('select analyze extended')],
    ['pragma', 'name'],
    ['do', 'block'],
    ['reconfigure', 'ends'],
    ['begin', 'block'],
    ['if', 'name'],
  ]);

/** Words of which a value without quotes, brackets and signs needs one to be reported. */
export const KEYWORDS: readonly string[] = [
  ...new Set([
    ...LOGICAL_WORDS,
    ...SET_WORDS,
    ...INFO_WORDS,
    ...STATEMENTS.keys(),
    ...['order', 'group', 'into', 'procedure', 'waitfor', 'case', 'limit'],
  ]),
];
