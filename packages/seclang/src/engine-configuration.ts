/**
 * The engine's ordinary settings, to be loaded in front of rule sets that bring none, such as CRS. The ids are those under which
 * ModSecurity's users know these checks, so that their exclusions keep working.
 */
export const ENGINE_CONFIGURATION = String.raw`
SecRequestBodyAccess On
SecRequestBodyLimit 13107200
SecRequestBodyNoFilesLimit 131072
SecRequestBodyLimitAction Reject
SecRequestBodyJsonDepthLimit 512
SecArgumentsLimit 1000
SecResponseBodyAccess On
SecResponseBodyMimeType text/plain text/html text/xml application/json application/xml
SecResponseBodyLimit 524288
SecResponseBodyLimitAction ProcessPartial

# Which reader a body gets, where the name of its type alone does not say it.
SecRule REQUEST_HEADERS:Content-Type "@rx ^(?:application(?:/soap\+|/)|text/)xml" \
    "id:200000,phase:1,pass,nolog,t:none,t:lowercase,ctl:requestBodyProcessor=XML"
SecRule REQUEST_HEADERS:Content-Type "@rx ^application/json" \
    "id:200001,phase:1,pass,nolog,t:none,t:lowercase,ctl:requestBodyProcessor=JSON"
SecRule REQUEST_HEADERS:Content-Type "@rx ^application/[a-z0-9.-]+[+]json" \
    "id:200006,phase:1,pass,nolog,t:none,t:lowercase,ctl:requestBodyProcessor=JSON"

# A body that was not understood was not inspected, and another reader may understand it differently.
SecRule REQBODY_ERROR "!@eq 0" \
    "id:200002,phase:2,deny,status:400,log,t:none,severity:'CRITICAL',\
    msg:'The request body cannot be read',logdata:'%{reqbody_error_msg}'"
SecRule MULTIPART_STRICT_ERROR "!@eq 0" \
    "id:200003,phase:2,deny,status:400,log,t:none,severity:'CRITICAL',\
    msg:'The multipart body is not strictly formed',\
    logdata:'quoting %{MULTIPART_INVALID_QUOTING}, part %{MULTIPART_INVALID_PART}, folding %{MULTIPART_INVALID_HEADER_FOLDING}, \
before %{MULTIPART_DATA_BEFORE}, after %{MULTIPART_DATA_AFTER}, line feed %{MULTIPART_LF_LINE}, semicolon %{MULTIPART_MISSING_SEMICOLON}'"
SecRule MULTIPART_UNMATCHED_BOUNDARY "@eq 1" \
    "id:200004,phase:2,pass,log,t:none,severity:'NOTICE',\
    msg:'A line in a multipart body looks like a boundary and is none'"
SecRule &ARGS "@ge 1000" \
    "id:200007,phase:2,deny,status:400,log,t:none,severity:'CRITICAL',\
    msg:'There are more arguments than are inspected'"
`;
