// Answers each line of standard input with one line: whether libinjection reports the fragment.
// A line is `sqli BASE64` or `xss BASE64`; the answer is `1 FINGERPRINT`, `1` or `0`.
package main

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"os"
	"strings"

	libinjection "github.com/corazawaf/libinjection-go"
)

func answer(line string) (string, error) {
	kind, encoded, _ := strings.Cut(line, " ")
	bytes, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return "", err
	}
	switch kind {
	case "sqli":
		if found, fingerprint := libinjection.IsSQLi(string(bytes)); found {
			return "1 " + fingerprint, nil
		}
	case "xss":
		if libinjection.IsXSS(string(bytes)) {
			return "1", nil
		}
	default:
		return "", fmt.Errorf("unknown kind %q", kind)
	}
	return "0", nil
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 64*1024), 16*1024*1024)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for lines.Scan() {
		text, err := answer(lines.Text())
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			out.Flush()
			os.Exit(1)
		}
		fmt.Fprintln(out, text)
	}
	if err := lines.Err(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
