from teaching import PAGE, teaching
def test_x(teaching):
    import shutil
    shutil.rmtree('/tmp/he_page', ignore_errors=True)
    shutil.copytree(teaching.root/'_build/html', '/tmp/he_page')
