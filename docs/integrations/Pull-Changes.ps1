<#
.SYNOPSIS
Pulls what has changed into numbered JSON files.

.DESCRIPTION
Asks the service at Url for all that has changed since the last run and leaves each page in Folder
as 000000001.json, 000000002.json and so on; the file "cursor" says up to where it has come. A page
with "snapshot": true shows how things stand, others what has changed (openapi.yaml, /changes).

It may be stopped anywhere and run again: a file is complete once it is there, and the cursor moves
after it. What was written and not yet counted is written again under the same number.

.EXAMPLE
./Pull-Changes.ps1 -Url http://127.0.0.1:8080 -Folder C:\progress
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Url,
    [Parameter(Mandatory)] [string] $Folder,
    [string] $Plan,
    [int] $Tries = 8
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# Busy and away is waited for, as Retry-After says.
function Get-Page([string] $Uri) {
    for ($try = 1; ; $try++) {
        try {
            return (Invoke-WebRequest -Uri $Uri -UseBasicParsing -TimeoutSec 60).Content
        } catch {
            $answer = if ($_.Exception.PSObject.Properties['Response']) { $_.Exception.Response } else { $null }
            $status = if ($answer) { [int] $answer.StatusCode } else { 503 }
            if ($try -ge $Tries -or $status -notin 429, 503) { throw }
            $wait = 2
            if ($answer -and "$($answer.Headers)" -match 'Retry-After:\s*(\d+)') { $wait = [int] $Matches[1] }
            Start-Sleep -Seconds $wait
        }
    }
}

# Written whole, then under its name.
function Save-Text([string] $Path, [string] $Text) {
    [IO.File]::WriteAllText("$Path.new", $Text, [Text.UTF8Encoding]::new($false))
    Move-Item -Force -LiteralPath "$Path.new" -Destination $Path
}

$Folder = [string] (New-Item -ItemType Directory -Force -Path $Folder).FullName
$lock = [IO.File]::Open((Join-Path $Folder 'lock'), 'OpenOrCreate', 'ReadWrite', 'None')
try {
    do {
        $number = 0
        $cursor = ''
        $kept = Join-Path $Folder 'cursor'
        if (Test-Path -LiteralPath $kept) {
            $words = ([IO.File]::ReadAllText($kept)).Trim().Split(' ')
            $number = [int] $words[0]
            $cursor = $words[1]
        }
        $uri = "$($Url.TrimEnd('/'))/changes?limit=500"
        if ($Plan) { $uri += "&plan=$Plan" }
        if ($cursor) { $uri += "&after=$cursor" }
        $text = Get-Page $uri
        $page = $text | ConvertFrom-Json
        if (@($page.data).Count -gt 0) {
            $number++
            Save-Text (Join-Path $Folder ('{0:d9}.json' -f $number)) $text
        }
        if ($page.page.next_cursor -ne $cursor) { Save-Text $kept "$number $($page.page.next_cursor)" }
    } while ($page.page.has_more)
} finally {
    $lock.Dispose()
}
