// A reverse proxy with Coraza and the OWASP CRS that its module carries, for bench/waf.ts: what a Go service gets that protects itself this way.
package main

import (
	"flag"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"

	coreruleset "github.com/corazawaf/coraza-coreruleset/v4"
	"github.com/corazawaf/coraza/v3"
	corazahttp "github.com/corazawaf/coraza/v3/http"
)

// As many connections to the backend as wrk has to us, so that none is opened anew under load.
const idleConnections = 256

func main() {
	listen := flag.String("listen", "", "address to listen on")
	backend := flag.String("backend", "", "URL of the backend")
	settings := flag.String("settings", "", "file of directives that stand behind Coraza's recommended ones and before CRS; empty = no inspection")
	flag.Parse()

	target, err := url.Parse(*backend)
	if err != nil {
		log.Fatal(err)
	}
	handler := proxyTo(target)
	if *settings != "" {
		waf, err := load(*settings)
		if err != nil {
			log.Fatal(err)
		}
		handler = corazahttp.WrapHandler(waf, handler)
	}
	log.Fatal(http.ListenAndServe(*listen, handler))
}

func proxyTo(target *url.URL) http.Handler {
	return &httputil.ReverseProxy{
		// Rewrite keeps the client's Host, which the rules and the backend are to see.
		Rewrite: func(request *httputil.ProxyRequest) {
			request.SetURL(target)
			request.Out.Host = request.In.Host
			request.SetXForwarded()
		},
		Transport: &http.Transport{
			MaxIdleConns:        idleConnections,
			MaxIdleConnsPerHost: idleConnections,
			DisableCompression:  true,
		},
	}
}

func load(settings string) (coraza.WAF, error) {
	text, err := os.ReadFile(settings)
	if err != nil {
		return nil, err
	}
	return coraza.NewWAF(coraza.NewWAFConfig().
		WithRootFS(coreruleset.FS).
		WithDirectives("Include @coraza.conf-recommended").
		WithDirectives(string(text)).
		WithDirectives("Include @crs-setup.conf.example").
		WithDirectives("Include @owasp_crs/*.conf"))
}
